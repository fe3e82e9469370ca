"""For pytest: examples that fail are not made smaller."""

from hypothesis import Phase, settings

settings.register_profile("brief", phases=[Phase.explicit, Phase.generate])
settings.load_profile("brief")
