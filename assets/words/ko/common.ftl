# What several parts of the window say.
cancel = 취소
secret-show = { $secret } 보기
secret-hide = { $secret } 숨기기
stepper-more = 인원 늘리기
stepper-fewer = 인원 줄이기
