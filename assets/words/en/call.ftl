# The stage of a call and its bars.

## Tiles
call-tile-me = { $name } (you)
call-tile-muted = muted
call-tile-speaking = speaking
call-tile-no-picture = no picture
call-tile-recording = recording
call-tile-pinned = pinned
call-tile-hand = hand raised as number { $place }
call-tile-actions = Actions
call-tile-menu = Actions for { $name } on their picture
call-screen = { $name } is presenting
call-screen-of = Screen of { $name }
call-screen-menu = Actions for the screen of { $name }
call-pin = Pin { $name }
call-unpin = Unpin { $name }
call-menu-pin = Pin
call-menu-unpin = Unpin
call-menu-pop-out = Open in its own window
call-menu-fill = Show alone in full screen
call-hide-self = Hide yourself from yourself
call-show-self = Show yourself to yourself

## Shared screens
call-zoom-in = Zoom in
call-zoom-out = Zoom out
call-zoom-hint = { $name } (now { $percent } %)
call-zoom-whole = Show the whole screen
call-sharing = You are sharing
call-sharing-what = You are sharing { $what }
call-share-starting = Starting to share…

## The stage
call-page-back = Previous people
call-page-on = More people here
call-page = Page { $number } of { $pages }
call-stage-empty = You hide yourself from yourself. The menu “More” shows you again.
call-stage-popped = All pictures are in windows of their own.
call-bring-all-back = Bring them back
call-alone = Nobody else is here yet
call-alone-how = Invite others with a link or a code to scan.
call-alone-invite = Invite
call-alone-copy = Copy the link
call-alone-copied = Invite link copied

## Windows
call-window-title = { $name } – Parlor
call-window-back = Back to the main window

## The control bar
call-with-keys = { $name } ({ $keys })
call-share = Share screen
call-share-stop = Stop sharing
call-chat = Chat
call-people = People
call-hand-up = Raise hand
call-hand-down = Lower hand
call-react = React
call-settings = Settings
call-more = More
call-leave = Leave call
call-record = Record
call-record-stop = Stop recording
call-statistics = Statistics
call-small-window = Small window on top
call-small-window-close = Close the small window
call-react-thumbs-up = Thumbs up
call-react-clap = Applause
call-react-heart = Heart
call-react-laugh = Laugh
call-react-surprise = Surprise
call-react-celebrate = Celebrate

## The bar at the top
call-room = Room { $name }
call-people-here = { $count } of { $capacity } people are here
call-locked = Locked
call-locked-long = The room is locked: nobody else can come in
call-passcode = Passcode
call-passcode-long = One has to know a passcode to come in
call-encrypted = Encrypted
call-encrypted-long = Sound, pictures and messages between the participants are encrypted
call-server-dialing = Reconnecting…
call-server-dialing-long = Reconnecting to the server
call-server-down = Server out of reach
call-server-down-long = The server is out of reach: { $reason }. The call goes on, but nobody can join.
call-invite = Invite others
call-host = The server on this computer
call-layout = Layout
call-layout-automatic = Automatic
call-layout-grid = Grid
call-layout-speaker = Speaker
call-full-screen = Full screen
call-full-screen-leave = Leave full screen
call-network = { $ms } ms · { $rate } Mbit/s
call-network-rate = { $rate } Mbit/s
call-network-long = { $ms } ms to the farthest and back, { $rate } Mbit/s of pictures received
call-network-rate-long = { $rate } Mbit/s of pictures received
