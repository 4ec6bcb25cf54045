# The stage of a call and its bars.

## Tiles
call-tile-me = { $name }(나)
call-tile-muted = 음소거됨
call-tile-speaking = 말하는 중
call-tile-no-picture = 영상 없음
call-tile-recording = 녹화 중
call-tile-pinned = 고정됨
call-tile-hand = { $place }번째로 손을 듦
call-tile-actions = 작업
call-tile-menu = 영상에서 { $name }님에 대한 작업
call-screen = { $name }님이 발표 중
call-screen-of = { $name }님의 화면
call-screen-menu = { $name }님의 화면에 대한 작업
call-pin = { $name } 고정
call-unpin = { $name } 고정 해제
call-menu-pin = 고정
call-menu-unpin = 고정 해제
call-menu-pop-out = 새 창에서 열기
call-menu-fill = 전체 화면으로 혼자 보기
call-hide-self = 내 영상을 나에게 숨기기
call-show-self = 내 영상을 나에게 보이기

## Shared screens
call-zoom-in = 확대
call-zoom-out = 축소
call-zoom-hint = { $name } (현재 { $percent }%)
call-zoom-whole = 화면 전체 보기
call-sharing = 화면을 공유하고 있습니다
call-sharing-what = 공유 중: { $what }
call-share-starting = 공유를 시작하는 중…

## The stage
call-page-back = 이전 참가자
call-page-on = 다음 참가자
call-page = { $pages }쪽 중 { $number }쪽
call-stage-empty = 내 영상을 숨겼습니다. ‘더 보기’ 메뉴에서 다시 볼 수 있습니다.
call-stage-popped = 모든 영상이 별도 창에 있습니다.
call-bring-all-back = 모두 가져오기
call-alone = 아직 아무도 없습니다
call-alone-how = 링크나 QR 코드로 다른 사람을 초대하세요.
call-alone-invite = 초대
call-alone-copy = 링크 복사
call-alone-copied = 초대 링크를 복사했습니다

## Windows
call-window-title = { $name } – Parlor
call-window-back = 기본 창으로 돌아가기

## The control bar
call-with-keys = { $name } ({ $keys })
call-share = 화면 공유
call-share-stop = 공유 중지
call-chat = 채팅
call-people = 참가자
call-hand-up = 손들기
call-hand-down = 손 내리기
call-react = 반응
call-settings = 설정
call-more = 더 보기
call-leave = 나가기
call-record = 녹화
call-record-stop = 녹화 중지
call-statistics = 통계
call-small-window = 항상 위에 작은 창
call-small-window-close = 작은 창 닫기
call-react-thumbs-up = 좋아요
call-react-clap = 박수
call-react-heart = 하트
call-react-laugh = 웃음
call-react-surprise = 놀람
call-react-celebrate = 축하

## The bar at the top
call-room = 회의실 { $name }
call-people-here = { $capacity }명 중 { $count }명 참가
call-locked = 잠김
call-locked-long = 회의실이 잠겨 있어 다른 사람이 들어올 수 없습니다
call-passcode = 암호
call-passcode-long = 들어오려면 암호를 알아야 합니다
call-encrypted = 암호화됨
call-encrypted-long = 참가자 사이의 소리, 영상, 메시지는 암호화됩니다
call-server-dialing = 다시 연결하는 중…
call-server-dialing-long = 서버에 다시 연결하는 중
call-server-down = 서버 연결 끊김
call-server-down-long = 서버에 연결할 수 없습니다: { $reason }. 통화는 계속되지만 새로 들어올 수 없습니다.
call-invite = 초대하기
call-host = 이 컴퓨터의 서버
call-layout = 화면 배치
call-layout-automatic = 자동
call-layout-grid = 바둑판
call-layout-speaker = 발표자
call-full-screen = 전체 화면
call-full-screen-leave = 전체 화면 나가기
call-network = { $ms } ms · { $rate } Mbit/s
call-network-rate = { $rate } Mbit/s
call-network-long = 가장 먼 참가자까지 왕복 { $ms } ms, 받는 영상 { $rate } Mbit/s
call-network-rate-long = 받는 영상 { $rate } Mbit/s
