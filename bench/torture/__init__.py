"""Long trials: processes killed again and again, a database restarted, answers behind a mountain of reminders."""
