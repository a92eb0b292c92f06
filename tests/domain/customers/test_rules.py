"""Grouping people is the same whatever order and repetition they are told in, and never joins two strong ids."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.domain.customers.rules import Key, Person, gather, key_of, owner_of, tombstone
from connectors.base.events import Handle

KIND = st.sampled_from(["ebay_user", "telegram_user", "email", "phone"])
HANDLE = st.builds(
    Handle,
    kind=KIND,
    value=st.sampled_from(["1", "2", "3"]),
    name=st.sampled_from(["", "Siti", "Budi"]),
    strength=st.sampled_from(["verified", "provided", "guessed"]),
)
PERSON = st.builds(Person, primary=HANDLE, more=st.lists(HANDLE, max_size=3).map(tuple), language=st.sampled_from(["", "en"]))


def test_mail_is_compared_without_case_and_other_ids_to_the_letter() -> None:
    assert key_of(Handle(kind="email", value=" Siti@Mail.Example ")) == ("email", "siti@mail.example")
    assert key_of(Handle(kind="phone", value="+62 812 555")) == ("phone", "+62812555")
    assert key_of(Handle(kind="ebay_user", value="Siti R")) == ("ebay_user", "Siti R")


def test_a_tombstone_is_stable_and_tells_nothing() -> None:
    kind, value = tombstone(("email", "siti@mail.example"))
    assert (kind, value) == tombstone(("email", "siti@mail.example"))
    assert kind == "email"
    assert "siti" not in value
    assert value != tombstone(("email", "budi@mail.example"))[1]


@given(st.lists(PERSON, max_size=6), st.randoms(use_true_random=False))
def test_gathering_forgets_order_and_repetition(people: list[Person], random: object) -> None:
    told = [*people, *people[:2]]
    random.shuffle(told)  # type: ignore[attr-defined]
    assert gather(told) == gather(people)
    keys = [person.key for person in gather(people)]
    assert len(keys) == len(set(keys)) == len({person.key for person in people})


SITI = uuid4()
BUDI = uuid4()
MAIL = Handle(kind="email", value="siti@mail.example")


def owner(primary: Handle, *more: Handle, known: dict[Key, UUID], kinds: dict[UUID, frozenset[str]]) -> UUID | None:
    return owner_of(Person(primary=primary, more=more), known, kinds)


def test_a_vouched_mail_leads_to_its_owner() -> None:
    known, kinds = {key_of(MAIL): SITI}, {SITI: frozenset({"email"})}
    assert owner(Handle(kind="ebay_user", value="u1"), MAIL, known=known, kinds=kinds) == SITI


def test_a_guessed_mail_leads_to_nobody() -> None:
    known, kinds = {key_of(MAIL): SITI}, {SITI: frozenset({"email"})}
    guess = Handle(kind="email", value=MAIL.value, strength="guessed")
    assert owner(Handle(kind="ebay_user", value="u1"), guess, known=known, kinds=kinds) is None


def test_two_ids_of_one_kind_are_two_people() -> None:
    known, kinds = {key_of(MAIL): SITI}, {SITI: frozenset({"email", "ebay_user"})}
    assert owner(Handle(kind="ebay_user", value="u2"), MAIL, known=known, kinds=kinds) is None


def test_a_shared_phone_does_not_join_two_mail_addresses() -> None:
    phone = Handle(kind="phone", value="+628125550001")
    known, kinds = {key_of(phone): SITI}, {SITI: frozenset({"email", "phone"})}
    assert owner(Handle(kind="email", value="budi@mail.example"), phone, known=known, kinds=kinds) is None


def test_addresses_of_two_customers_lead_to_neither() -> None:
    phone = Handle(kind="phone", value="+628125550001")
    known = {key_of(MAIL): SITI, key_of(phone): BUDI}
    kinds = {SITI: frozenset({"email"}), BUDI: frozenset({"phone"})}
    assert owner(Handle(kind="ebay_user", value="u1"), MAIL, phone, known=known, kinds=kinds) is None


def test_the_primary_handle_decides_over_everything_else() -> None:
    primary = Handle(kind="ebay_user", value="u1")
    known, kinds = {key_of(primary): BUDI, key_of(MAIL): SITI}, {SITI: frozenset({"email"}), BUDI: frozenset({"ebay_user"})}
    assert owner(primary, MAIL, known=known, kinds=kinds) == BUDI
