# Questions and news in front of everything else.
trust-code = Code
trust-unknown-title = First time at { $server }
trust-unknown-ask = Ask the host to read the code on their screen aloud. It must be
trust-unknown-why = Then nobody listens in between. Parlor remembers the server and does not ask again.
trust-unknown-connect = It is the same: connect
trust-changed-title = This is not the server you know
trust-changed-text = { $server } has another key than the last time. Parlor has not connected and has sent nothing.
trust-changed-why = It may be that the server was installed anew, that another computer has this address now, or that somebody stands between you and the server. Ask the host, by phone or in person, before you go on.
trust-changed-stop = Do not connect
trust-details = Details
trust-known-code = The code you know
trust-new-code = Its code now
trust-confirmed = The host confirmed the new code

dialog-close = Close dialog

stop-hosting-title = Stop the server?
stop-hosting-text =
    { $count ->
        [one] 1 other person is
       *[other] { $count } other people are
    } connected to the server on this computer. Calls that are going on are not cut off, but nobody can find the rooms or join them any more.
stop-hosting-keep = Keep it running
stop-hosting-deed = Stop the server

leave-hosted-title = Leave the call?
leave-hosted-text = The others stay: the server on this computer goes on without you in the room. It stops when you stop it or close the window.
leave-hosted-stay = Stay
leave-hosted-deed = Leave, keep hosting

close-window-title = Close Parlor and stop the server?
close-window-text =
    This computer is the server, and { $count ->
        [one] 1 other person is
       *[other] { $count } other people are
    } connected to it. Closing the window stops it: calls that are going on are not cut off, but nobody can join them any more.
close-window-keep = Keep it open
close-window-deed = Close and stop

hand-over-title = Hand the room over?
hand-over-text = { $name } becomes the owner of the room and decides who else moderates it. You stay as a moderator, and cannot take this back.
hand-over-deed = Hand over

remove-title = Remove { $name }?
remove-text = They go back to the lobby, and cannot come into this room again while it lasts.
remove-reason = Reason
remove-reason-hint = What they are told, if you like
remove-deed = Remove

removed-title = You were removed
removed-by = { $name } removed you from the room “{ $room }”. You cannot come back into it while it lasts; other rooms are open to you.
removed-by-from-here = { $name } removed you from the room. You cannot come back into it while it lasts; other rooms are open to you.
removed-by-server = The server's administrator removed you from the room “{ $room }”. You cannot come back into it while it lasts; other rooms are open to you.
removed-by-server-from-here = The server's administrator removed you from the room. You cannot come back into it while it lasts; other rooms are open to you.
removed-back = Back to the lobby

host-title = This computer is the server
host-text = Everybody on your network finds it in their lobby. Others follow this link.
host-no-network = This computer is on no network, so nobody else can reach the server. Connect it to one, by cable or Wi-Fi: the server goes on by itself.
host-stop = Stop hosting
host-addresses =
    { $count ->
        [one] Address
       *[other] Addresses
    }
host-address-copied = Address copied
host-copy = Copy { $address }
host-connected = Connected
host-rooms = Rooms
host-in-rooms = In rooms
host-relay-addresses = Relay addresses

invite-title = Invite others
invite-no-link = There is no link at the moment: the server is out of reach. It is here again as soon as the server is.
invite-qr = QR code of the invite link
invite-copy = Copy link
invite-copied = Invite link copied
invite-compare = Who comes without the link must see this code
invite-code = Code to compare
invite-locked = “{ $room }” is locked: unlock it before others can follow this link.
invite-with-passcode = This link leads into “{ $room }”. It holds the passcode: send it only to those you want here.
invite-tell-passcode = This link leads into “{ $room }”. Tell the passcode along with it.
invite-room = Whoever opens this link with Parlor is in “{ $room }” at once.
invite-lobby = Whoever opens this link with Parlor sees the rooms here.
