# Questions and news in front of everything else.
trust-code = 코드
trust-unknown-title = { $server }에 처음 연결합니다
trust-unknown-ask = 호스트에게 화면의 코드를 소리 내어 읽어 달라고 하세요. 다음과 같아야 합니다
trust-unknown-why = 같다면 중간에서 엿듣는 사람이 없습니다. Parlor가 이 서버를 기억하며 다시 묻지 않습니다.
trust-unknown-connect = 같습니다. 연결하기
trust-changed-title = 알고 있던 서버가 아닙니다
trust-changed-text = { $server } 서버의 키가 지난번과 다릅니다. Parlor는 연결하지 않았고 아무것도 보내지 않았습니다.
trust-changed-why = 서버를 새로 설치했거나, 다른 컴퓨터가 이 주소를 쓰고 있거나, 누군가 중간에서 가로채고 있을 수 있습니다. 계속하기 전에 전화로 또는 직접 호스트에게 물어보세요.
trust-changed-stop = 연결하지 않기
trust-details = 자세히
trust-known-code = 알고 있는 코드
trust-new-code = 지금 코드
trust-confirmed = 호스트가 새 코드를 확인해 주었습니다

dialog-close = 대화 상자 닫기

stop-hosting-title = 서버를 중지할까요?
stop-hosting-text = 다른 사람 { $count }명이 이 컴퓨터의 서버에 연결되어 있습니다. 진행 중인 통화는 끊기지 않지만, 이제 아무도 방을 찾거나 들어올 수 없습니다.
stop-hosting-keep = 계속 실행
stop-hosting-deed = 서버 중지

leave-hosted-title = 통화에서 나갈까요?
leave-hosted-text = 다른 사람들은 계속 남아 있습니다. 이 컴퓨터의 서버는 계속 실행되며, 직접 중지하거나 창을 닫으면 멈춥니다.
leave-hosted-stay = 머무르기
leave-hosted-deed = 나가고 서버는 유지

close-window-title = Parlor를 닫고 서버를 중지할까요?
close-window-text = 이 컴퓨터가 서버이며 다른 사람 { $count }명이 연결되어 있습니다. 창을 닫으면 서버가 멈춥니다. 진행 중인 통화는 끊기지 않지만, 이제 아무도 들어올 수 없습니다.
close-window-keep = 열어 두기
close-window-deed = 닫고 중지

hand-over-title = 방을 넘겨줄까요?
hand-over-text = { $name } 님이 방의 소유자가 되어 누가 함께 관리할지 정합니다. 나는 관리자로 남으며, 되돌릴 수 없습니다.
hand-over-deed = 넘겨주기

remove-title = { $name } 님을 내보낼까요?
remove-text = 로비로 돌아가며, 이 방이 있는 동안 다시 들어올 수 없습니다.
remove-reason = 이유
remove-reason-hint = 원하면 이유를 알려 주세요
remove-deed = 내보내기

removed-title = 방에서 내보내졌습니다
removed-by = { $name } 님이 나를 방 “{ $room }”에서 내보냈습니다. 이 방이 있는 동안 다시 들어갈 수 없지만, 다른 방에는 들어갈 수 있습니다.
removed-by-from-here = { $name } 님이 나를 방에서 내보냈습니다. 이 방이 있는 동안 다시 들어갈 수 없지만, 다른 방에는 들어갈 수 있습니다.
removed-by-server = 서버 관리자가 나를 방 “{ $room }”에서 내보냈습니다. 이 방이 있는 동안 다시 들어갈 수 없지만, 다른 방에는 들어갈 수 있습니다.
removed-by-server-from-here = 서버 관리자가 나를 방에서 내보냈습니다. 이 방이 있는 동안 다시 들어갈 수 없지만, 다른 방에는 들어갈 수 있습니다.
removed-back = 로비로 돌아가기

host-title = 이 컴퓨터가 서버입니다
host-text = 같은 네트워크에 있는 사람은 로비에서 이 서버를 찾을 수 있습니다. 다른 사람은 이 링크로 들어옵니다.
host-no-network = 이 컴퓨터가 네트워크에 연결되어 있지 않아 다른 사람이 서버에 들어올 수 없습니다. 케이블이나 Wi-Fi로 연결하면 서버가 알아서 계속됩니다.
host-stop = 호스팅 중지
host-addresses =
    { $count ->
       *[other] 주소
    }
host-address-copied = 주소를 복사했습니다
host-copy = { $address } 복사
host-connected = 연결
host-rooms = 방
host-in-rooms = 방 안의 사람
host-relay-addresses = 중계 주소

invite-title = 다른 사람 초대
invite-no-link = 서버에 연결할 수 없어 지금은 링크가 없습니다. 서버가 돌아오면 링크도 다시 나타납니다.
invite-qr = 초대 링크의 QR 코드
invite-copy = 링크 복사
invite-copied = 초대 링크를 복사했습니다
invite-compare = 링크 없이 들어오는 사람은 이 코드를 확인해야 합니다
invite-code = 비교할 코드
invite-locked = 방이 잠겨 있습니다: “{ $room }”. 잠금을 풀어야 이 링크로 들어올 수 있습니다.
invite-with-passcode = 방 “{ $room }”의 링크입니다. 암호가 들어 있으니 초대할 사람에게만 보내세요.
invite-tell-passcode = 방 “{ $room }”의 링크입니다. 암호도 함께 알려 주세요.
invite-room = Parlor에서 이 링크를 열면 방 “{ $room }”에 바로 들어옵니다.
invite-lobby = Parlor에서 이 링크를 열면 여기의 방들이 보입니다.
