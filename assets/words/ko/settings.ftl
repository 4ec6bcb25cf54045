# The settings, the box about the program, and notifications of the desktop.
settings-title = 설정
settings-devices = 장치
settings-video = 영상
settings-calls = 통화
settings-notifications = 알림
settings-shortcuts = 단축키
settings-look = 언어와 모양
settings-folders = 폴더
settings-about = Parlor 정보
settings-as-system = 시스템 설정에 따름

settings-devices-hint = 선택하면 통화 중에도 바로 바뀝니다.

settings-size = 영상 크기
settings-size-hint = 클수록 선명하지만 네트워크를 더 많이 씁니다.
settings-fps = 초당 프레임 수
settings-fps-hint = 느린 컴퓨터에서는 15로도 충분합니다.
settings-upload = 업로드 제한
settings-upload-hint = 모든 참가자에게 보내는 양을 합친 값입니다.
settings-upload-none = 제한 없음
settings-kbits = { $number } kbit/s
settings-mbits = { $number } Mbit/s
settings-camera-gives = 카메라 영상: { $detail }
settings-sending = 보내는 영상: { $size }, 초당 { $fps }프레임, 한 사람당 { $rate }
settings-own-picture = 내 화면
settings-mirror = 내 화면 좌우 반전
settings-mirror-hint = 나에게만 거울처럼 보이고 다른 사람에게는 그대로 보입니다.
settings-hide-self = 통화 중 내 화면 숨기기
settings-hide-self-hint = 다른 사람에게는 계속 보입니다.

settings-join-muted = 음소거 상태로 참가
settings-join-muted-hint = 음소거를 해제할 때까지 내 소리가 들리지 않습니다.
settings-join-unseen = 카메라를 끄고 참가
settings-join-unseen-hint = 카메라를 켤 때까지 내 모습이 보이지 않습니다.
settings-push = 말하기 키
settings-push-hint = 누르고 있는 동안({ $key })
settings-push-off = 사용 안 함
settings-push-talk = 눌러서 말하기
settings-push-mute = 눌러서 음소거
settings-connect = 시작할 때 연결
settings-connect-hint = 마지막으로 사용한 서버에 연결합니다.

settings-sounds = 소리
settings-sounds-hint = 참가, 퇴장, 메시지, 손들기를 소리로 알립니다.
settings-desktop = 데스크톱 알림
settings-desktop-hint = Parlor 창이 앞에 없을 때 알립니다. 비공개 메시지 내용은 표시하지 않습니다.
settings-desktop-try = 알림 미리 보기
settings-desktop-refused = 이 데스크톱에서는 알림을 표시할 수 없습니다: { $reason }
settings-example-title = Parlor 알림 예시입니다
settings-example-body = 참가, 메시지, 손들기를 이렇게 알려 드려요.
notify-joined = { $name }님이 참가했습니다
notify-private = { $name }님이 나에게 메시지를 보냈습니다
notify-hand = { $name }님이 손을 들었습니다

settings-shortcuts-hint = 바꿀 단축키를 누른 다음 새 키를 누르세요. Esc를 누르면 그대로 둡니다.
settings-keys-of = { $deed }: { $keys }
settings-keys-press = 키를 누르세요…
settings-keys-usual = 기본 키로 되돌리기: { $deed }
settings-keys-all-usual = 모두 기본 키로
settings-keys-taken = { $keys } 키는 이미 “{ $deed }”에 쓰입니다. 다시 눌러 다른 키를 정하세요.
settings-keys-write = { $keys } 키는 입력과 이동에 필요합니다. Ctrl 또는 Alt와 함께 누르세요.
settings-keys-reserved = { $keys } 키는 모든 프로그램에서 복사 등에 쓰입니다. 다른 키를 정하세요.
settings-deed-microphone = 음소거 또는 해제
settings-deed-camera = 카메라 켜기 또는 끄기
settings-deed-share = 화면 공유
settings-deed-chat = 채팅
settings-deed-people = 참가자
settings-deed-hand = 손들기 또는 내리기
settings-deed-statistics = 통계
settings-deed-record = 녹화
settings-deed-full-screen = 전체 화면
settings-deed-settings = 설정
settings-deed-talk = 말하기 키(누르고 있기)

settings-language = 언어
settings-theme = 테마
settings-dark = 어둡게
settings-light = 밝게

settings-folders-hint = 경로를 입력하고 Enter를 누르거나 폴더를 선택하세요.
settings-downloads = 받은 파일
settings-recordings = 녹화 파일
settings-folder-choose = 선택…
settings-folder-make = 만들기
settings-folder-usual = 기본 폴더
settings-folder-not-whole = / 또는 ~로 시작하는 전체 경로를 쓰세요
settings-folder-missing = 그런 폴더가 없습니다
settings-folder-no-folder = 폴더가 아니라 파일입니다
settings-folder-read-only = 쓸 수 없는 폴더입니다
settings-folder-no-dialog = 선택 창을 열 수 없습니다. 경로를 입력하세요

settings-about-program = 이 프로그램 정보
settings-about-version = Parlor { $version }
settings-about-what = 내 네트워크에서 하는 화상 통화입니다.
settings-about-licence = MIT 또는 Apache 2.0 라이선스의 자유 소프트웨어입니다. 프로토콜 { $protocol }
settings-about-file = 설정 파일 위치
settings-about-nowhere = 없음: 시스템에 설정을 둘 곳이 없습니다
settings-about-log = 로그는 표준 오류로 나갑니다. 자세한 로그는 PARLOR_LOG=parlor=debug로 시작하세요.
settings-report = 버그 신고용 정보 복사
settings-report-copied = 복사했습니다. 이름과 주소는 들어 있지 않습니다.
settings-licences = 포함된 모든 것의 라이선스
settings-licences-search = 라이선스 검색
settings-licences-hint = 이름 또는 라이선스
settings-licences-none = 그런 항목이 없습니다.
settings-licences-back = 목록으로
settings-licences-of = 라이선스: { $licence }
