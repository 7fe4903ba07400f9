"""What became of the knowledge since a version of it."""

from __future__ import annotations

from customer_assist.model import DocumentId
from customer_assist.storage.database import Database
from customer_assist.storage.documents import DocumentStore
from customer_assist.storage.history import Fate, History
from stand_ins import make_document

LAMP, PARCEL, HOURS, COLOUR = (DocumentId(name) for name in ("lamp", "parcel", "hours", "colour"))
ALL = (LAMP, PARCEL, HOURS, COLOUR)


def test_what_changed_what_went_and_what_stayed_is_told_apart(database: Database) -> None:
    store, history = DocumentStore(database), History(database)
    old = [
        make_document("lamp", "How do I return it?", text="Send it."),
        make_document("parcel", title="Parcels", text="Wait."),
        make_document("hours", text="At nine."),
    ]
    store.sync_source("faq", old)
    untouched = history.since(1, ALL)
    assert (untouched.then, untouched.version, untouched.changed, untouched.deleted) == (1, 1, 0, 0)
    assert [untouched.of(each) for each in ALL] == ["same", "same", "same", "unknown"]

    store.put(make_document("lamp", "How do I return it?", text="Bring it."))
    store.put(make_document("colour", text="Blue."))
    store.delete(["parcel"])
    since = history.since(1, ALL)
    assert (since.version, since.changed, since.deleted) == (4, 2, 1)
    assert [since.of(each) for each in ALL] == ["changed", "deleted", "same", "changed"]
    assert since.fates[PARCEL] == Fate("Parcels", deleted=True, changed=True)
    assert [since.fates[each].heading for each in (LAMP, HOURS)] == ["How do I return it?", "hours"]
    assert set(history.since(3, [PARCEL]).fates) == {PARCEL}
    assert history.since(4, ALL).changed == 0


def test_a_database_that_was_put_back_has_a_lower_version(database: Database) -> None:
    since = History(database).since(9, [LAMP])
    assert (since.then, since.version, since.of(LAMP)) == (9, 0, "unknown")
