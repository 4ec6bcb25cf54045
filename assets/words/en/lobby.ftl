# The lobby.
theme-light = Light theme
theme-dark = Dark theme
lobby-title = Ready to join?
lobby-line = Pick a room on your network, or host your own.
lobby-name = Your name
lobby-name-hint = How the others see you
lobby-server = Server
lobby-server-hint = Address, or an invite link
lobby-recent-servers = Recent servers
lobby-room = Room
lobby-room-hint = Pick one below, or write a new name
lobby-join = Join room
lobby-joining = Joining…
lobby-host = Host a room
lobby-host-hint = Runs a server on this computer, for everybody on your network
lobby-host-again = Host again
lobby-create = Create room
lobby-join-it = Join it
lobby-ask-again = Ask again
lobby-camera = Camera
lobby-microphone = Microphone
lobby-microphone-level = Microphone level
lobby-speaker = Speaker
lobby-speaker-level = Speaker level

preview-shown = Your camera
preview-other = Your camera: { $text }
preview-none = You go without a camera
preview-off = Your camera is off
preview-starting = Your camera is starting…
preview-without = Go without a camera

server-connecting = Connecting…
server-connected = Connected
server-down = Out of reach
address-empty = Enter the address of a server
address-scheme = Use wss:// or ws://, not { $scheme }://
address-port = The port is a number from 1 to 65535
address-host = Write it as host or host:port
link-other = An invite link begins with parlor://
link-without-server = The link names no server: ask for a new one.
link-damaged = The link is damaged: copy the whole link again.
link-waits-for-name = Write your name above, and you are on your way to “{ $room }”.
link-waits-for-name-lobby = Write your name above, and you are on your way to the server.
link-follow = Follow the link

refused-no-such-room = There is no room called “{ $room }”.
refused-room-exists = There is a room called “{ $room }” already.
refused-room-full = “{ $room }” is full: it takes { $capacity } people. Ask again when somebody has left.
refused-locked = “{ $room }” is locked. Ask again when somebody in it has unlocked it.
refused-passcode-needed = This room has a passcode.
refused-wrong-passcode = That is not the passcode.
refused-removed = You were removed from “{ $room }”, and cannot come back into it while it lasts.
refused-server-full = The server has no room for another room: ask whoever runs it.
refused-too-many-attempts = Too many failed attempts from here: wait a few minutes, and try again.
refused-too-old = The server is newer than this Parlor: install the new version.
refused-too-new = The server is older than this Parlor: ask whoever runs it to install the new version.

new-room-options = Options for a new room
new-room-options-chosen = Options for a new room ({ $count })
new-room-topic = Topic
new-room-topic-hint = What it is about
new-room-passcode = Passcode
new-room-passcode-hint = None: everybody can come in
new-room-capacity = Room for
new-room-hide = Hide the room
new-room-hide-hint = The list of rooms leaves it out

passcode-title = Passcode for { $room }
passcode-title-unnamed = Passcode
passcode-wrong = That is not the passcode. Check it with somebody in the room, and try again.
passcode-ask = This room has a passcode. Somebody in the room can tell you.
passcode-label = Passcode
passcode-hint = As it was told to you
passcode-checking = Checking…
passcode-enter = Enter room

room-row = { $room }, { $count } of { $capacity } people
room-row-locked = locked
room-row-passcode = with a passcode
room-row-people = here: { $people }
room-locked = Locked
room-full = Full
room-passcode = Passcode
room-empty = Nobody is here
room-count =
    { $count ->
        [one] 1 person is here
       *[other] { $count } people are here
    }
room-people-more = { $people } and { $count } more

found-title = On this network
found-count =
    { $count ->
        [one] 1 server
       *[other] { $count } servers
    }
found-looking = Looking for servers…
found-nothing = No server was found.
found-always-works = What always works: write the address of a server above, paste an invite link, or host a room yourself.
found-searched = Searched on { $interfaces }.
found-searched-nowhere = Searched nowhere: no network is up.
found-this-computer = this computer
found-no-rooms = no rooms yet
found-rooms =
    { $count ->
        [one] 1 room
       *[other] { $count } rooms
    }
found-server = Server { $name }, { $place }, { $rooms }
hint-vpn-alone = This computer is connected through a VPN alone, which carries no announcements: use an invite link or type the address.
hint-no-multicast = The network of this computer carries no multicast, which the search needs: use an invite link or type the address.
hint-no-network = This computer is on no network: connect it to the Wi-Fi or the cable that the others use.
hint-vpn = A VPN is on, which may keep this computer from the network around it: try without.
hint-firewall = The firewall { $name } is on here: let UDP port 5353 (mDNS) in, and on the host the server's port.
hint-guest-network = Many guest Wi-Fis keep computers from each other, and some networks drop multicast: then an invite link or a typed address may still work.

rooms-connect-first = Connect to the server to see its rooms.
rooms-connect = Connect
rooms-connecting = Connecting to { $server }…
rooms-try-again = Try again
rooms-none = There are no rooms here yet. Write a name above and create the first.
rooms-title = Rooms on { $server }
rooms-out-of-reach = { $server } is out of reach: { $reason }. Next try in { $seconds } s.
rooms-out-of-reach-trying = { $server } is out of reach: { $reason }. Trying again…
rooms-unusable = { $server } cannot be used: { $reason }.
hosting-title = You are hosting
hosting-no-network = No network
hosting-stop = Stop
hosting-stop-hint = Stops the server on this computer; calls that are going on are not cut off
hosting-invite = Invite

server-refused = no server runs there. Start one with “Host a room”, or check the address
server-silent = it does not answer. Check the address, and whether the server is on
server-foreign = something else than a Parlor server answers there. Check the address
server-bad-name = no server can have that name. Check the address
server-plain = it is spoken to without TLS, so that others could read along. Write wss:// instead
server-not-confirmed = its key is not confirmed
