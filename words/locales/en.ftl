# Speaks like a kind community worker: short, warm, plain.

language-name = English
language-ask = 想用哪种语言？ Which language?
language-set = All right, English from now on.

kind-wish = Wish
kind-complaint = Complaint
kind-question = Question
kind-suggestion = Suggestion
kind-thanks = Thanks
kind-emergency = Emergency

state-draft = not sent yet
state-reviewing = with the community
state-open = waiting for a helper
state-claimed = in hand
state-delivered = waiting for the resident
state-fulfilled = fulfilled
state-rejected = not accepted
state-withdrawn = withdrawn
state-merged = joined with another
state-closed = closed

event-write = words added
event-submit = sent
event-lapse = passed on after a day
event-alarm = alarm raised
event-calm = said to be no emergency
event-categorise = sorted anew
event-publish = visibility changed
event-contact = contact left
event-rewrite = public text edited
event-approve = approved
event-reject = not accepted
event-merge = joined with another
event-answer = answered
event-claim = claimed
event-assign = handed over
event-take = taken
event-release = given back
event-expire = overdue, taken back
event-deliver = done
event-confirm = confirmed by the resident
event-dispute = the resident says it is not done
event-silence = no answer, counted as fulfilled
event-rate = rated
event-thank = thanked
event-urge = urged
event-remind = reminder
event-withdraw = withdrawn
event-close = closed
actor-author = resident
actor-time = system

emergency-name-fire = Fire
emergency-name-gas = Gas leak
emergency-name-violence = Violence
emergency-name-suicide = Danger of suicide
emergency-name-lost = Missing person
emergency-name-medical = Medical emergency
emergency-name-traffic = Traffic accident
emergency-name-other = Emergency

age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } days

start =
    Hello, this is Wishlight.
    Whatever is missing, broken or on your mind: tell me in your own words. Photos and voice are fine too.
    I will ask the community and its volunteers to help, and tell you every step.
button-first-wish = 💡 Tell my wish
button-review-list = 📋 Waiting for review
menu-start = Start
menu-my = My wishes and how they stand
menu-open = Wishes to claim (volunteers)
menu-help = How it works
menu-language = 换语言 · Language
menu-privacy = What happens to your data
menu-cancel = Never mind the last question
first-wish = I am listening. One sentence is enough: “The kitchen light is out and my eyes are weak, could somebody change it?”
help =
    Just write what it is about. I put it in order, you look at it, then send it.

    /my my wishes and how they stand
    /cancel do not answer my last question
    /language 换语言 · Language
    /privacy what happens to your data
help-volunteer =
    Volunteers: /open shows wishes you can claim.
help-admin =
    Admins: /review shows what waits for you, /digest shows the day; send /bind in a group to bind it.
privacy =
    <b>What happens to your data</b>
    · The community's reviewers read your words; a helper reads them only after claiming.
    · Groups see category and community only. Only if you tap “Show my words” do they see the text, without numbers and doors.
    · Your name is not shown unless you choose to sign. Phone and address go to your helper alone.
    · Photos and voice go to reviewers and your helper.
    · Messages pass through Telegram, whose servers are abroad; please send no identity or bank card numbers.
    · To take something back, open /my and tap “Withdraw”.
only-private = Let us talk about this in private.
only-group = Please send /bind in the group that you want to bind.
show-yourself = You are an anonymous admin here, so I cannot tell who you are. Please switch that off and send /bind again.
unknown-command = I do not know this command. /help shows what I can do, or just write what it is about.
cannot-read = I cannot read this. Please use words, a photo or your voice.
nothing-to-cancel = All right, there is nothing to cancel. What you wrote is under /my.
cancelled = All right, never mind.
apology = Sorry, something went wrong on my side. What you sent is kept, and we will look at it.

draft-head = <b>This is how I understand it:</b>
draft-kind = { $kind } · { $category }
draft-unsure = I am not sure which kind this is, for now “{ $category }”. Please pick one below.
draft-place = 📍 { $place }
draft-no-place = 📍 No community named; tap “Community” to choose
draft-media = 📎 { $photos } photos, { $voices } voice messages (for reviewers and your helper only)
draft-contact = ☎️ For your helper only: { $contact }
draft-foot = Go on writing to add to it. When it is right, tap “Send”.
preview-public = 👥 Everybody will see:
preview-private = 🔒 Others see category and community only. “Show my words” would add this:
preview-staff-only = 🔒 This is not posted to volunteers; only the community's staff read it:
preview-no-words = 🔒 Others see category and community only.
preview-hidden = ({ $n } private details hidden)
preview-name = Signed: { $name }
preview-no-name = Your name is not shown
text-not-public = The words are for whoever claims it
title = <b>#{ $id } { $kind } · { $category }</b>
title-with-place = <b>#{ $id } { $kind } · { $category } · { $place }</b>
draft-waits = What you wrote is not sent yet. Shall I send it?
draft-lapsed = #{ $id } was never sent. So that nothing is lost I gave it to the community, unpublished. If you do not need it, withdraw it under /my.
too-late-to-edit = #{ $id } is on its way, so editing the old message has no effect. To add something, reply to its card or tap “Add” under /my.
ask-contact = Please write your phone and address; only your helper will see them. /cancel if you would rather not.
contact-kept = Kept, for your helper only.
moved-on = #{ $id }: the latest is below ↓
write-another = Go ahead with the other one. The first is still there to be sent.

button-submit = ✅ Send
button-publish = 👥 Show my words
button-unpublish = 🔒 Hide my words
button-category = 🏷 Category
button-area = 📍 Community
button-named = ✍️ Sign it
button-anonymous = 🙈 Anonymous
button-contact = ☎️ Phone, address
button-contact-again = ☎️ Change contact
button-another = ➕ Another one
button-cancel = 🗑 Drop it
button-back = ← Back
button-sure-withdraw = Yes, withdraw it
button-urge = ⏰ Urge
button-add = ➕ Add
button-withdraw = ↩️ Withdraw
button-story = 🕘 Progress
button-my = ← My wishes
button-confirm = 👍 It is done
button-dispute = 👎 Not yet
button-thank = 💌 Say thanks
button-look = See #{ $id }
button-open-bot = Open the chat
button-earlier = ← Earlier
button-later = Later →

author-reviewing = The community has it and is looking. You will hear as soon as there is news.
author-open = The volunteers have it; waiting for one to claim it.
author-open-complaint = The community has taken it up and is finding somebody.
author-claimed = { $helpers } is helping you.
author-delivered = <b>{ $helpers } says it is done. Is it?</b>
author-fulfilled = Fulfilled, wonderful! How many stars for your helper?
author-fulfilled-rated = Fulfilled { $stars }
author-rejected = Not accepted this time: { $answer }
author-withdrawn = Withdrawn.
author-merged = Joined with another of the same kind.
author-closed = Closed: { $answer }
author-report = They say:
author-thanked = 💌 { $thanks }
story-line = { $at } { $event } · { $actor }{ $reason }

news-approved = #{ $id } is approved and with the volunteers now.
news-approved-complaint = #{ $id } is taken up; the community is finding somebody.
news-claimed = Good news: { $name } will help you with #{ $id }.
news-released = The volunteer for #{ $id } cannot come; it is posted again.
news-released-complaint = Somebody else will take #{ $id }; the community is arranging it.
news-expired = #{ $id } was not done in time; it is posted again.
news-expired-complaint = #{ $id } was not done in time; the community is arranging somebody else.
news-reject = #{ $id } was not accepted this time. The community says:
news-close = #{ $id } is closed. The community says:
news-answer = The community has answered #{ $id }:
ask-add = Go on, with words, photos or voice; it is added to #{ $id }.
ask-missing = Sorry for the trouble. What is missing? A sentence or a photo will do; the community and the next helper will see it.
ask-thank = What would you like to say to your helper? I pass it on without saying who you are.
added = Added to #{ $id }.
added-for-helper = The resident added to #{ $id }:
thanks-passed-on = Passed on. Thank you.

emergency-head = <b>🚨 Call at once: { $numbers }</b>
emergency-fire = Get out first, low and by the stairs, no lift; leave everything behind.
emergency-gas = Close the valve, open the windows, go outside, then call. No switches, no flames.
emergency-violence = Get to a safe place and lock the door, then call.
emergency-suicide = It took courage to say this. Please call, so that somebody talks with you now; if somebody is near, ask them to stay.
emergency-lost = Call the police now; there is no need to wait 24 hours. Say clothes, age, last place.
emergency-medical = Say address and symptoms, stay on the line, leave the door open.
emergency-traffic = Get off the road; if somebody is hurt, call 120 as well.
emergency-other = Get to safety first.
emergency-told = I have called the community's officers and tell you when one takes it. Please call the number first.
emergency-taken = { $name } has taken it. Please keep your phone free.
button-calm = It is no emergency
button-calm-officer = No emergency, treat as usual
alarm-head = <b>🚨 { $what }: please get in touch at once!</b>
alarm-who = { $name } · { $contact } · <a href="tg://user?id={ $id }">contact</a>
alarm-no-contact = no phone left
alarm-open = Nobody has taken it. Every 5 minutes the next officer is called until somebody does.
alarm-claimed = { $helpers } has taken it.
alarm-closed = Closed: { $answer }
alarm-withdrawn = Withdrawn by the resident.
alarm-reviewing = Turned into an ordinary matter.
alarm-draft = —
alarm-delivered = —
alarm-fulfilled = —
alarm-rejected = —
alarm-merged = —
button-take = 🙋 I take it

review-unsure = ❓ Not sure of the category, please look
review-words = Words: { $words }
review-media = 📎 { $photos } photos, { $voices } voice messages
review-not-posted = 🔒 This kind is not posted to volunteers
review-unpublished = 🔒 No yes to showing the words: groups see category and community only
review-published-as-is = 👥 May be shown as it is
review-published = 👥 May be shown, as:
review-state = Now: { $state } { $helpers }
review-answer = Answer: { $answer }
button-approve = ✅ Approve, post it
button-approve-order = ✅ Take it up
button-answer = 💬 Answer
button-mine = 🙋 I do it
button-assign = 👉 Hand over
button-rewrite = ✏️ Edit public text
button-media = 📎 Photos, voice
button-reject = ✖️ Do not accept
button-close = 🔚 Close
button-own-words = ✍️ In my words
option-person = { $name } ({ $n } in hand)
reason-duplicate = the same is already in hand
reason-not-ours = this is beyond us; please call the 12345 hotline
reason-unclear = we did not quite understand; please add to it and send it again
reason-unsafe = this is too dangerous for volunteers; please ask a professional
reason-private = it holds somebody's private details
reason-solved = it is solved
reason-referred = passed to the office in charge
reason-false-alarm = looked into it; everybody is safe
reason-unreachable = we could not reach you; tell us again when you need it
reason-no-review = needs no review
ask-reject = Please write why #{ $id } is not accepted. The resident will read it, so be kind.
ask-close = Please write how #{ $id } ended. The resident will read it.
ask-answer = Please write the answer to #{ $id }.
ask-rewrite = Please write what everybody may read of #{ $id }; numbers and doors are hidden by themselves.
done-reject = The resident has your answer.
done-close = Closed.
done-answer = The resident has your answer.
done-rewrite = The public text is changed.
newcomer = <a href="tg://user?id={ $id }">{ $name }</a> would like to volunteer and chose #{ $wish }. Let them in?
newcomer-yes = { $name } is a volunteer now (by { $by }).
newcomer-no = { $name } was not let in (by { $by }).
button-let-in = ✅ Let them in
button-not-now = Not now
disputed-for-admin = The resident says #{ $id } is not done; it is open again.
expired-for-admin = { $name } did not do #{ $id } in time; it is posted again.
urged-for-admin = ⏰ The resident urges #{ $id } ({ $state }).

button-claim = 🙋 Claim
button-claim-number = 🙋 Claim #{ $id }
group-from = — { $name }
group-again = 🔁 Posted again, still waiting
group-moved = Posted again: please see the newer message below.
group-draft = —
group-reviewing = The community is looking at it.
group-open = ⏳ Waiting for a helper
group-open-partly = ⏳ { $helpers } claimed it, more are needed ({ $taken }/{ $places })
group-claimed = 🤝 Claimed by { $helpers }
group-delivered = 🤝 Done by { $helpers }, waiting for the resident
group-fulfilled = ✨ Fulfilled, thanks to { $helpers }
group-rejected = Taken down
group-withdrawn = Withdrawn by the resident
group-merged = Joined with another
group-closed = Closed
group-hello = Hello, this is Wishlight. An admin may send /bind to tell me whose group this is.
bind-area = Which area is “{ $title }” for?
bind-audience = Which group of { $area }?
audience-volunteers = volunteers' group
audience-reviewers = reviewers' group
bound = Done: this is the { $audience } of { $area }.
bound-no-rights = But I cannot write here yet. Please make me an admin, or let members write.
no-areas = There are no areas yet; please set WISHLIGHT_AREAS.

helper-head = You claimed this wish. Please have it done by { $due }.
helper-head-order = This is handed to you. Please have it done by { $due }.
helper-no-words = (no words; please listen to the voice or look at the photos)
helper-media = 📎 { $photos } photos, { $voices } voice messages
helper-name = Resident: { $name }
helper-contact = ☎️ { $contact } (please do not pass it on)
helper-no-contact = The resident left no contact; please ask the community if you need it.
helper-report = Well done! Say what you did, photos too ({ $n } noted). Then tap how long it took.
helper-live = in hand
helper-delivered = You said it is done ({ $hours } h). Waiting for the resident.
helper-confirmed = ✨ Confirmed by the resident, { $hours } h. Thank you! { $stars }
helper-released = This is not in your hands any more.
helper-disputed = The resident says it is not done; somebody else is being sought.
helper-withdrawn = Withdrawn by the resident, no need to go. Thank you.
helper-thanks = 💌 The resident says: { $thanks }
button-deliver = ✅ Done
button-release = ↩️ I cannot come
button-sure-release = Yes, leave it to others
button-hours = { $hours } h
claim-ended = #{ $id } needs nothing more: { $state }. Thank you.
let-in = Welcome! You can claim wishes now; /open shows them.
not-let-in = The admins said no this time. Thank you for offering; you may ask the community directly.
gone-meanwhile = #{ $id } was claimed by somebody else meanwhile. /open shows others.
expired = #{ $id } was overdue for days and is with somebody else now. Next time, tap “I cannot come” early.
confirmed = ✨ The resident confirmed #{ $id }. Thank you!
disputed = The resident says #{ $id } is not done yet; it is open again. It may be a misunderstanding.
thanked = 💌 The resident of #{ $id } asked me to tell you:
urged = ⏰ The resident asks how #{ $id } is going.

my-head = <b>Your wishes</b>
my-empty = You have no wishes yet. One sentence is enough.
open-head = <b>Wishes waiting for a helper</b>
open-empty = Nothing is waiting right now. Thank you for looking.
review-head = <b>Waiting for a decision</b>
review-empty = All done.
claims-head = <b>In your hands</b>
claims-empty = You have nothing in hand.
line = #{ $id } { $category }{ $place } · { $when }
line-text = <i>{ $text }</i>
line-since = waiting { $age }
line-due = by { $due }
list-more = … and { $n } more; /open or /review shows all.
list-more-group = … and { $n } more; send me /open in private to see all.
reminder-group = <b>{ $n } wishes are still waiting</b>
reminder-head = <b>{ $n } reminders</b>
heading-climbed = Waiting too long, please look:
heading-overdue = Overdue:
heading-due = Due soon:
heading-reviewing = Waiting for your review:
heading-order = Waiting to be handed out:
heading-open = Waiting for a helper:
place-unknown = not named
digest-head = <b>📊 The day, { $day }</b>
digest-day = New { $new } · fulfilled { $fulfilled } · otherwise closed { $ended }
digest-evening = After the day before was summed up: new { $new } · fulfilled { $fulfilled } · otherwise closed { $ended }
digest-now = Now: in review { $reviewing } · open { $open } · in hand { $claimed } · to confirm { $delivered }
digest-overdue = ⚠️ { $n } overdue
digest-undelivered = 📵 { $n } messages could not be delivered
digest-categories = Categories: { $list }
digest-places = Places: { $list }
digest-longest = <b>Waiting longest:</b>
digest-nothing = Nothing is left over. Well done, everybody.
calendar-warning = The holidays of { $year } are not known yet, so Monday to Friday count as working days. Once published, please update the program or write the days into the policy file.

toast-claimed = It is yours! Details are in your private chat.
toast-asked = Thank you! A first claim needs an admin's yes. I have asked; then it is yours.
toast-waiting = An admin has been asked already, please wait.
toast-submitted = Sent
toast-published = Your words will be shown
toast-unpublished = Your words are not shown
toast-named = Signed
toast-anonymous = Anonymous
toast-withdrawn = Withdrawn
toast-confirmed = Wonderful!
toast-urged-helper = Your helper is reminded
toast-urged-staff = The community is reminded
toast-calmed = All right, passed to the community as usual
toast-changed = Changed
toast-rated = Thank you for rating
toast-approved = Approved
toast-mine = It is yours; details in your private chat
toast-assigned = Handed to { $name }
toast-media = Sent to your private chat
toast-no-media = No photos or voice
toast-taken = You have it. Please get in touch at once
toast-done = Done
toast-released = All right, looking for somebody else
toast-delivered = Well done; waiting for the resident
toast-start-first = Please press Start in the private chat first

refusal-not-allowed = You cannot do this.
refusal-not-volunteer = This list is for volunteers. Tap “Claim” in the group; once an admin agrees you can see it.
refusal-not-started = They have never written to me, so I cannot reach them.
refusal-wrong-state = Too late: it is “{ $state }” now.
refusal-already-claimed = { $name } was a little faster. Thank you!
refusal-already-done = This is done already.
refusal-not-found = I cannot find this; there may be a newer card.
refusal-too-many-claims = You have { $limit } in hand; finish one first.
refusal-too-soon = You urged today already; try again tomorrow if nothing moves.
refusal-bad-input = I cannot use this; please try another way.
refusal-nothing-written = There is nothing yet; say one sentence first.
refusal-too-long = Too long, at most { $limit } characters. Nothing is lost; please split it, or send this one first.
refusal-not-a-number = Please write hours between 0 and { $limit }, such as 1.5.
