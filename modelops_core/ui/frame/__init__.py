"""The frame around every page: language, navigation, error handling, browser history."""
