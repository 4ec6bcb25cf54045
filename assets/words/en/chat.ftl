# The chat.
chat-title = Messages
chat-close = Close chat
chat-empty = Nothing has been said yet
chat-empty-hint = What you write here goes straight to the others. Whoever comes later can read what was said to everybody.
chat-more = More about messages
chat-copy-all = Copy all messages
chat-save = Save as text…
chat-copied = Copied
chat-saved = Saved as { $path }
chat-not-saved = { $path } could not be written ({ $reason }). Choose another folder.
chat-not-opened = No program opens { $link }. Copy it and open it yourself.
chat-to-everyone = To everyone
chat-to-one = To { $name } only
chat-recipient = Recipient
chat-message = Message
chat-message-everyone = Message everyone
chat-message-one = Message { $name } only
chat-has-left = { $name } has left
chat-send = Send message
chat-limit = { $used } / { $limit }
chat-sending = Sending…
chat-failed = Not delivered
chat-try-again = Try again
chat-you = You
chat-private-to-you = to you only
chat-private-to-one = to { $name } only
chat-actions = Actions for this message
chat-copy = Copy message
chat-copy-link = Copy link
chat-open-link = Open { $link }
chat-before-you-came = From before you came, told by { $name }
chat-you-came = You came in
chat-new = { $count ->
    [one] 1 new message
   *[other] { $count } new messages
}
chat-newest = Newest message
chat-today = Today
chat-yesterday = Yesterday
# A date, by the letters of strftime.
chat-date = %-d %B %Y
chat-file = Parlor chat { $date }
# The first line of a saved chat.
chat-transcript = { $room }, saved { $date }
chat-told-by = told by { $name }
# Hands and reactions.
chat-hand-raised = { $name } raised their hand
chat-somebody = Somebody
chat-thumbs-up = Thumbs up
chat-clap = Applause
chat-heart = Heart
chat-laugh = Laughter
chat-surprise = Wow
chat-celebrate = Hooray
