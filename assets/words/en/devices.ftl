# Cameras, microphones and loudspeakers.
device-default = System default
device-first-camera = First camera found
device-test-pattern = Test pattern
device-numbered-pattern = Test pattern { $number }
device-test-tone = Test tone
device-pitched-tone = Test tone, { $hertz } Hz
device-no-camera = No camera
device-no-microphone = No microphone
device-no-sound = No sound
device-not-connected = { $name } (not connected)

camera-none-found = No camera was found: plug one in, or check that it is switched on.
microphone-none-found = No microphone was found: plug one in.
speaker-none-found = No speaker was found: plug one in.
sound-system-missing = This computer has no working sound system: neither PulseAudio, PipeWire nor ALSA answers.
device-not-plugged-in = { $name } is not plugged in: plug it in again, or choose another.
device-busy = { $name } is in use by another program: close that one, or choose another.
device-denied = { $name } may not be used: allow it in the system's privacy settings.
device-denied-group = { $name } may not be used: add yourself to the group “{ $group }”, and log in again.
device-unsupported = { $name } offers nothing that Parlor understands: choose another.
device-lost = { $name } was unplugged: plug it in again, or choose another.
device-silent = { $name } has stopped working: unplug it and plug it in again.
device-stands-in = { $name } is not plugged in: using { $other } until it is back.
device-try-again = Try again

microphone-mute = Mute microphone
microphone-unmute = Unmute microphone
camera-on = Turn camera on
camera-off = Turn camera off
push-to-talk = Hold { $key } to talk
push-to-mute = Hold { $key } to be silent
push-talking = You are heard
push-silent = You are silent

sound-test-speaker = Test speaker
sound-test-microphone = Record a test
sound-test-recording = Say something… { $seconds } s
sound-test-playing = This is you… { $seconds } s
sound-test-hint-speaker = Plays a short melody through this speaker
sound-test-hint-microphone = Records five seconds and plays them back; nobody else hears them
sound-test-stop = Stop the test

device-menu-camera = Choose camera
device-menu-sound = Choose microphone and speaker
