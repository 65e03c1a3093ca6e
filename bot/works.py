"""What a tick does, in this order."""

from actions import digests, forgetting, gathering, learning, newcomers, reminding
from bot.learn.night import learn_by_night
from bot.ticks import Do, Errand, Work

WORKS: tuple[Work | Errand | Do, ...] = (
    Work(reminding.remind_next_due, reminding.put_off),
    newcomers.remind,
    Work(gathering.send_next_list, gathering.put_off),
    Work(digests.send_next_digest, digests.put_off, digests.count_next_digest),
    digests.warn_of_calendar,
    Work(forgetting.forget_next, forgetting.put_off),
    Errand(learning.take_turn, learn_by_night),
)
