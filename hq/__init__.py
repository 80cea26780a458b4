"""Headquarters' receiver: takes store-days, checks them, keeps every one, and shows the chain's day.

Of the box it imports `appliance.documents` and nothing else.
"""
