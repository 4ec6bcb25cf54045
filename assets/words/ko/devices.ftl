# Cameras, microphones and loudspeakers.
device-default = 시스템 기본값
device-first-camera = 처음 찾은 카메라
device-test-pattern = 시험 화면
device-numbered-pattern = 시험 화면 { $number }
device-test-tone = 시험음
device-pitched-tone = 시험음, { $hertz } Hz
device-no-camera = 카메라 없음
device-no-microphone = 마이크 없음
device-no-sound = 소리 없음
device-not-connected = { $name } (연결되지 않음)

camera-none-found = 카메라를 찾을 수 없습니다. 카메라를 연결하거나 켜져 있는지 확인하세요.
microphone-none-found = 마이크를 찾을 수 없습니다. 마이크를 연결하세요.
speaker-none-found = 스피커를 찾을 수 없습니다. 스피커를 연결하세요.
sound-system-missing = 이 컴퓨터에 작동하는 소리 시스템이 없습니다. PulseAudio, PipeWire, ALSA 모두 응답하지 않습니다.
device-not-plugged-in = { $name } 장치가 연결되어 있지 않습니다. 다시 연결하거나 다른 장치를 선택하세요.
device-busy = { $name } 장치를 다른 프로그램이 쓰고 있습니다. 그 프로그램을 닫거나 다른 장치를 선택하세요.
device-denied = { $name } 장치를 쓸 수 없습니다. 시스템의 개인 정보 설정에서 허용하세요.
device-denied-group = { $name } 장치를 쓸 수 없습니다. 사용자를 “{ $group }” 그룹에 추가하고 다시 로그인하세요.
device-unsupported = { $name } 장치는 Parlor가 지원하는 형식이 없습니다. 다른 장치를 선택하세요.
device-lost = { $name } 장치의 연결이 끊어졌습니다. 다시 연결하거나 다른 장치를 선택하세요.
device-silent = { $name } 장치가 멈췄습니다. 뽑았다가 다시 연결하세요.
device-stands-in = { $name } 장치가 연결되어 있지 않아, 돌아올 때까지 다른 장치를 씁니다: { $other }
device-try-again = 다시 시도

microphone-mute = 마이크 끄기
microphone-unmute = 마이크 켜기
camera-on = 카메라 켜기
camera-off = 카메라 끄기
push-to-talk = { $key } 키를 누르고 말하세요
push-to-mute = { $key } 키를 누르면 마이크가 꺼집니다
push-talking = 말하는 중입니다
push-silent = 마이크가 잠시 꺼졌습니다

sound-test-speaker = 스피커 시험
sound-test-microphone = 녹음해 보기
sound-test-recording = 말해 보세요… { $seconds }초
sound-test-playing = 들어 보세요… { $seconds }초
sound-test-hint-speaker = 이 스피커로 짧은 멜로디를 들려줍니다
sound-test-hint-microphone = 5초 동안 녹음한 뒤 들려줍니다. 다른 사람에게는 들리지 않습니다
sound-test-stop = 시험 멈추기

device-menu-camera = 카메라 선택
device-menu-sound = 마이크와 스피커 선택
