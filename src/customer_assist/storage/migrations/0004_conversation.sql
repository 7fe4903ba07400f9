-- Conversations that remember: what a message did, where a guide stands, and who speaks.

ALTER TABLE turns ADD COLUMN move text NOT NULL DEFAULT 'question';
ALTER TABLE turns ADD COLUMN guide jsonb;
ALTER TABLE turns ADD COLUMN handoff_id uuid;
ALTER TABLE turns ADD COLUMN said_by text NOT NULL DEFAULT '';

COMMENT ON COLUMN turns.move IS 'What the message did: question, next, not_helped, human …';
COMMENT ON COLUMN turns.guide IS 'The procedure that the customer is taken through, and the step shown last.';
COMMENT ON COLUMN turns.handoff_id IS 'The handoff that was open once this turn was there.';
COMMENT ON COLUMN turns.said_by IS 'The name of the person who wrote the answer, where one did and gave it.';
COMMENT ON COLUMN turns.question IS 'As typed; empty where a person of the business wrote first.';
COMMENT ON COLUMN turns.answered_by IS '"extractive", the name of the language model, or "human".';

CREATE TABLE handoffs (
    id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    summary text NOT NULL,
    transcript jsonb NOT NULL,
    message text NOT NULL,
    email text NOT NULL,
    customer_ref text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'taken', 'resolved', 'withdrawn')),
    created_at timestamptz NOT NULL,
    taken_at timestamptz,
    taken_by text NOT NULL DEFAULT '',
    closed_at timestamptz,
    seen_at timestamptz
);
CREATE UNIQUE INDEX handoffs_open ON handoffs (conversation_id) WHERE status IN ('waiting', 'taken');
CREATE INDEX handoffs_created_at ON handoffs (created_at);
CREATE INDEX handoffs_of_conversation ON handoffs (conversation_id, created_at);

COMMENT ON TABLE handoffs IS 'Conversations handed over to a person; of each conversation at most one is open.';
COMMENT ON COLUMN handoffs.reason IS 'customer_wish, not_known, topic (detail: its name), alternatives_failed.';
COMMENT ON COLUMN handoffs.transcript IS 'The turns until then, the message that led to it last.';
COMMENT ON COLUMN handoffs.message IS 'What the customer was told.';
COMMENT ON COLUMN handoffs.seen_at IS 'The customer''s page looked for news, and has shown everything until then.';

-- Work that is done after the answer, at least once: its id is the same at every attempt.
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    done_at timestamptz,
    failure text NOT NULL DEFAULT ''
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE done_at IS NULL;

COMMENT ON COLUMN jobs.run_at IS 'Not before; moved on with every failed attempt, and while one is under way.';
COMMENT ON COLUMN jobs.failure IS 'Why the last attempt failed; of one that is done: why it was given up.';
