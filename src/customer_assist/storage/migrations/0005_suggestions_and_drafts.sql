-- What people of the business are offered: replies to send, and documents made from what they replied.

CREATE TABLE suggestions (
    id uuid PRIMARY KEY,
    conversation_id uuid,
    handoff_id uuid,
    message text NOT NULL,
    query text NOT NULL,
    confidence double precision NOT NULL,
    sure boolean NOT NULL,
    drafts jsonb NOT NULL,
    knowledge_version bigint NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX suggestions_made_at ON suggestions (made_at);
CREATE INDEX suggestions_conversation ON suggestions (conversation_id);

COMMENT ON TABLE suggestions IS 'Up to three replies each, suggested to a person who answers a customer.';
COMMENT ON COLUMN suggestions.sure IS 'The gate would have answered by itself.';
COMMENT ON COLUMN suggestions.drafts IS 'Best first: document_id, title, confidence, full, short, citations.';

CREATE TABLE suggestion_outcomes (
    suggestion_id uuid NOT NULL REFERENCES suggestions (id) ON DELETE CASCADE,
    draft smallint NOT NULL CHECK (draft BETWEEN 0 AND 2),
    outcome text NOT NULL CHECK (outcome IN ('sent', 'edited', 'rejected')),
    text text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (suggestion_id, draft)
);

COMMENT ON TABLE suggestion_outcomes IS 'What became of each draft; told again, the last word counts.';
COMMENT ON COLUMN suggestion_outcomes.text IS 'What was sent; empty where nothing was.';

CREATE TABLE drafts (
    id uuid PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('open', 'published', 'rejected')),
    title text NOT NULL,
    questions text[] NOT NULL,
    text text NOT NULL,
    turn_id uuid UNIQUE REFERENCES turns (id) ON DELETE SET NULL,
    document_id text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX drafts_created_at ON drafts (created_at);
CREATE INDEX drafts_document ON drafts (document_id) WHERE document_id IS NOT NULL;

COMMENT ON TABLE drafts IS 'Documents to be, for an editor to look at; open, published or rejected.';
COMMENT ON COLUMN drafts.turn_id IS 'The reply of a person that it was made from; null where it was written by hand.';
COMMENT ON COLUMN drafts.document_id IS 'What it became; that document may be gone again.';

CREATE TABLE draft_turns (
    draft_id uuid NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    turn_id uuid NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('reply', 'question', 'alike')),
    PRIMARY KEY (draft_id, turn_id)
);

COMMENT ON TABLE draft_turns IS 'The reply, the messages it answered, and messages alike that were not answered.';
