"""The running program: settings, composition, intake, sender, ticks."""
