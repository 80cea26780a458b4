"""The owner's page: it reads what the storage holds, asks the counter for its picture, and changes nothing."""

from web_ui.app import create_app

__all__ = ["create_app"]
