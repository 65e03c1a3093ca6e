"""What a tick does, in this order."""

from actions.digests import send_next_digest, warn_of_calendar
from actions.gathering import send_next_list
from actions.reminding import put_off, remind_next_due
from bot.ticks import Do, Work

WORKS: tuple[Work | Do, ...] = (Work(remind_next_due, put_off), send_next_list, send_next_digest, warn_of_calendar)
