# The settings, the box about the program, and notifications of the desktop.
settings-title = Settings
settings-devices = Devices
settings-video = Video
settings-calls = Calls
settings-notifications = Notifications
settings-shortcuts = Shortcuts
settings-look = Language and look
settings-folders = Folders
settings-about = About Parlor
settings-as-system = As the system

settings-devices-hint = What you choose counts at once, in a call too.

settings-size = Picture size
settings-size-hint = Larger is sharper, and takes more of your network.
settings-fps = Pictures per second
settings-fps-hint = 15 is enough for a slow computer.
settings-upload = Upload limit
settings-upload-hint = For what you send to everybody together.
settings-upload-none = No limit
settings-kbits = { $number } kbit/s
settings-mbits = { $number } Mbit/s
settings-camera-gives = Your camera gives { $detail }.
settings-sending = You send { $size }, { $fps } pictures per second, { $rate } to each person.
settings-own-picture = Your own picture
settings-mirror = Mirror my picture
settings-mirror-hint = Only for you: the others see you as you are.
settings-hide-self = Hide my picture in calls
settings-hide-self-hint = The others still see you.

settings-join-muted = Join with the microphone muted
settings-join-muted-hint = Nobody hears you until you unmute.
settings-join-unseen = Join with the camera off
settings-join-unseen-hint = Nobody sees you until you turn it on.
settings-push = Talk key
settings-push-hint = While { $key } is held.
settings-push-off = Does nothing
settings-push-talk = Push to talk
settings-push-mute = Push to mute
settings-connect = Connect when Parlor starts
settings-connect-hint = To the server that you used last.

settings-sounds = Sounds
settings-sounds-hint = When somebody comes, goes, writes or raises a hand.
settings-desktop = Desktop notifications
settings-desktop-hint = While Parlor is not in front. Private messages are never shown in them.
settings-desktop-try = Show an example
settings-desktop-refused = This desktop shows no notifications: { $reason }
settings-example-title = This is how Parlor tells you
settings-example-body = when somebody joins, writes or raises a hand.
notify-joined = { $name } joined the room
notify-private = { $name } wrote to you
notify-hand = { $name } raised a hand

settings-shortcuts-hint = Press a shortcut to change it, then the new keys. Escape leaves it as it was.
settings-keys-of = { $deed }: { $keys }
settings-keys-press = Press keys…
settings-keys-usual = Usual keys for { $deed }
settings-keys-all-usual = Usual keys for all
settings-keys-taken = { $keys } is already used for “{ $deed }”. Press the shortcut again and choose other keys.
settings-keys-write = { $keys } is needed for writing and moving around. Hold Ctrl or Alt with it.
settings-keys-reserved = { $keys } is used by every program for copying and the like. Choose other keys.
settings-deed-microphone = Mute or unmute
settings-deed-camera = Camera on or off
settings-deed-share = Share the screen
settings-deed-chat = Chat
settings-deed-people = People
settings-deed-hand = Raise or lower the hand
settings-deed-statistics = Statistics
settings-deed-record = Record
settings-deed-full-screen = Full screen
settings-deed-settings = Settings
settings-deed-talk = Talk key, held

settings-language = Language
settings-theme = Theme
settings-dark = Dark
settings-light = Light

settings-folders-hint = Type a path and press Enter, or choose a folder.
settings-downloads = Files from others
settings-recordings = Recordings
settings-folder-choose = Choose…
settings-folder-make = Create it
settings-folder-usual = Usual one
settings-folder-not-whole = Write the whole path, from / or ~ on
settings-folder-missing = There is no such folder
settings-folder-no-folder = This is a file, not a folder
settings-folder-read-only = You may not write there
settings-folder-no-dialog = No dialog opens here: type the path

settings-about-program = About this program
settings-about-version = Parlor { $version }
settings-about-what = Video calls on your own network.
settings-about-licence = Free software under the MIT or the Apache 2.0 licence. Protocol { $protocol }.
settings-about-file = Settings are kept in
settings-about-nowhere = Nowhere: this system names no place for them
settings-about-log = Logs go to standard error. Start with PARLOR_LOG=parlor=debug for more.
settings-report = Copy for a bug report
settings-report-copied = Copied. There are no names and no addresses in it.
settings-licences = Licences of everything in it
settings-licences-search = Search licences
settings-licences-hint = Name or licence
settings-licences-none = Nothing like that is in it.
settings-licences-back = Back to the list
settings-licences-of = Licence: { $licence }
