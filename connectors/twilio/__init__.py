"""Twilio: SMS and MMS of a phone number, and WhatsApp where Twilio carries it."""
