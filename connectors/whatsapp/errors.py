"""Refusals of the Cloud API, and what a person can do.
https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

from connectors.base.graph import Reasons

WINDOW_FIX = "Send an approved template, or wait until the customer writes again."

REASONS: Reasons = {
    (130472, 0): ("experiment", "Meta holds marketing back from this person. Write to them on another channel."),
    (131008, 0): ("missing_field", ""),
    (131009, 0): ("wrong_field", ""),
    (131021, 0): ("own_number", "This is your own number."),
    (131026, 0): ("undeliverable", "WhatsApp cannot reach this person. Write to them on another channel."),
    (131030, 0): ("not_allowed", "A test number writes only to numbers on its list. Add this one in your app at Meta."),
    (131031, 0): ("account_locked", "Meta has locked this account. Look into WhatsApp Manager."),
    (131037, 0): ("name_needed", "Have the number's display name approved in WhatsApp Manager."),
    (131042, 0): ("payment", "Settle the payment method in WhatsApp Manager."),
    (131045, 0): ("not_registered", "Register the number at Meta again."),
    (131049, 0): ("held_by_meta", "Meta limits marketing to each person. Do not send it again soon."),
    (131050, 0): ("opted_out", "This person wants no marketing from you."),
    (131051, 0): ("kind_refused", "Send it as text or in another format."),
    (131052, 0): ("file_gone", ""),
    (131053, 0): ("file_refused", "Send the file in another format, or a smaller one."),
    (132000, 0): ("template_gaps", "Fill all gaps of the template."),
    (132001, 0): ("template_unknown", "Choose a template that is approved in this language."),
    (132005, 0): ("template_too_long", "Shorten what fills the gaps of the template."),
    (132007, 0): ("template_policy", "Change the template's text; it breaks a rule of WhatsApp."),
    (132012, 0): ("template_format", "Fill the gaps of the template in the form it wants."),
    (132015, 0): ("template_paused", "This template is paused for its quality. Choose another."),
    (132016, 0): ("template_off", "This template is switched off. Choose another."),
    (133010, 0): ("not_registered", "Register the number at Meta again."),
}
