"""How fast is it? A bare aiogram echo bot and this bot, on one sandbox, in one run, in turns."""
