"""Telling people: the business of a handoff, by e-mail and webhook; a customer who has gone of a reply."""
