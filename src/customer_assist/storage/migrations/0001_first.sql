-- The journal of what was asked and answered, the business's knowledge, and what counts or repeats calls.
-- No extension is needed; PostgreSQL 13 or newer.

-- The journal ---------------------------------------------------------------------------------------

CREATE TABLE turns (
    id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    timestamp timestamptz NOT NULL,
    question text NOT NULL,
    answer text NOT NULL,
    outcome text NOT NULL,
    answered_by text NOT NULL,
    degraded boolean NOT NULL,
    confidence double precision NOT NULL,
    citations jsonb NOT NULL,
    steps jsonb NOT NULL,
    alternatives jsonb NOT NULL,
    trace jsonb NOT NULL,
    knowledge_version bigint NOT NULL,
    channel text NOT NULL,
    locale text NOT NULL,
    customer_ref text NOT NULL,
    response_time double precision NOT NULL,
    retrieve_time double precision NOT NULL,
    answer_time double precision NOT NULL,
    prompt_tokens integer NOT NULL,
    completion_tokens integer NOT NULL,
    total_tokens integer NOT NULL,
    relevance text NOT NULL DEFAULT 'UNKNOWN',
    relevance_explanation text NOT NULL DEFAULT '',
    eval_prompt_tokens integer NOT NULL DEFAULT 0,
    eval_completion_tokens integer NOT NULL DEFAULT 0,
    eval_total_tokens integer NOT NULL DEFAULT 0,
    UNIQUE (conversation_id, position)
);
CREATE INDEX turns_timestamp ON turns (timestamp);

COMMENT ON TABLE turns IS 'One row per question and what came of it.';
COMMENT ON COLUMN turns.conversation_id IS 'The id of its first turn, which an outage may have kept from being recorded.';
COMMENT ON COLUMN turns.position IS 'Place in the conversation, from 1 without gaps.';
COMMENT ON COLUMN turns.timestamp IS 'When it was asked.';
COMMENT ON COLUMN turns.outcome IS 'answered, small_talk, abstained …: the names of the API.';
COMMENT ON COLUMN turns.answered_by IS '"extractive", or the name of the language model.';
COMMENT ON COLUMN turns.degraded IS 'A language model should have written the answer and could not.';
COMMENT ON COLUMN turns.confidence IS 'Calibrated probability that the best hit answers, 0 to 1.';
COMMENT ON COLUMN turns.trace IS 'Why it ended so: query, engine, hits, verdict, checks, prompt_hash.';
COMMENT ON COLUMN turns.knowledge_version IS 'knowledge.version that was searched.';
COMMENT ON COLUMN turns.response_time IS 'Seconds in all; retrieve_time and answer_time are parts of it.';
COMMENT ON COLUMN turns.relevance IS 'The judge''s word for it; UNKNOWN with 0 eval_ tokens until judged.';

CREATE TABLE ratings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    turn_id uuid NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    conversation_id uuid NOT NULL,
    value smallint NOT NULL CHECK (value IN (-1, 1)),
    comment text NOT NULL DEFAULT '',
    timestamp timestamptz NOT NULL
);
CREATE INDEX ratings_turn ON ratings (turn_id, id);

COMMENT ON TABLE ratings IS 'Every thumb ever given; of one turn''s the one with the highest id counts.';

-- What the reference's queries and dashboards read ----------------------------------------------------

CREATE VIEW conversations AS
SELECT
    id::text AS id,
    question,
    answer AS response,
    answered_by AS model_used,
    response_time,
    relevance,
    relevance_explanation,
    prompt_tokens,
    completion_tokens,
    total_tokens,
    eval_prompt_tokens,
    eval_completion_tokens,
    eval_total_tokens,
    timestamp
FROM turns;

CREATE VIEW feedback AS
SELECT
    id,
    turn_id::text AS conversation_id,
    value::integer AS feedback,
    timestamp
FROM ratings
WHERE NOT EXISTS (
    SELECT 1 FROM ratings AS later WHERE later.turn_id = ratings.turn_id AND later.id > ratings.id
);

COMMENT ON VIEW conversations IS 'One row per turn, with the column names that dashboards of this kind expect.';
COMMENT ON VIEW feedback IS 'The latest rating of each turn; conversation_id is conversations.id, so a turn''s.';

-- The knowledge -------------------------------------------------------------------------------------

CREATE TABLE knowledge (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL,
    profile jsonb NOT NULL,
    profile_source text NOT NULL
);
INSERT INTO knowledge (version, profile, profile_source) VALUES (0, '{}', '');

COMMENT ON TABLE knowledge IS 'One row. Whoever changes knowledge locks it, so that versions come one by one.';
COMMENT ON COLUMN knowledge.version IS 'Grows by one with every change of documents, profile or demo sources.';
COMMENT ON COLUMN knowledge.profile IS 'The business profile; {} where there is none.';
COMMENT ON COLUMN knowledge.profile_source IS 'Where the profile came from: a name in sources, a file, a command.';

CREATE TABLE sources (
    name text COLLATE "C" PRIMARY KEY,
    origin text NOT NULL DEFAULT '',
    demo boolean NOT NULL,
    ingested_at timestamptz NOT NULL
);

COMMENT ON TABLE sources IS 'The files and folders that documents came from.';
COMMENT ON COLUMN sources.origin IS 'The path it was last read from; empty where it was none.';
COMMENT ON COLUMN sources.demo IS 'The sample business: leaves whole when the business''s own knowledge comes.';

CREATE TABLE documents (
    id text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    title text NOT NULL,
    questions text[] NOT NULL,
    text text NOT NULL,
    fields jsonb NOT NULL,
    url text,
    content_hash bytea NOT NULL,
    version bigint NOT NULL,
    deleted boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL
);
CREATE INDEX documents_version ON documents (version);
CREATE INDEX documents_source ON documents (source, id) WHERE NOT deleted;

COMMENT ON COLUMN documents.content_hash IS 'SHA-256 over all that makes up the document.';
COMMENT ON COLUMN documents.version IS 'knowledge.version that last touched it: running servers read what is newer.';
COMMENT ON COLUMN documents.deleted IS 'A tombstone: running servers see that it went, old citations still resolve.';

CREATE TABLE vectors (
    stamp text COLLATE "C" NOT NULL,
    text_hash bytea NOT NULL,
    vector bytea NOT NULL,
    PRIMARY KEY (stamp, text_hash)
);
ALTER TABLE vectors ALTER COLUMN vector SET STORAGE EXTERNAL; -- floats do not compress: do not try

COMMENT ON TABLE vectors IS 'Embeddings by content: a text that was embedded once is never embedded again.';
COMMENT ON COLUMN vectors.stamp IS 'Model, weights and variant; vectors of different stamps are never mixed.';
COMMENT ON COLUMN vectors.text_hash IS 'SHA-256 of the text as UTF-8.';
COMMENT ON COLUMN vectors.vector IS 'Little-endian float32, unit length.';

-- Calls ---------------------------------------------------------------------------------------------

CREATE TABLE model_calls (
    day date PRIMARY KEY,
    calls integer NOT NULL
);

COMMENT ON TABLE model_calls IS 'Calls of the language model, counted before they are made.';

CREATE TABLE replies (
    endpoint text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    body json,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (endpoint, key)
);
CREATE INDEX replies_created_at ON replies (created_at);

COMMENT ON TABLE replies IS 'What was answered under an Idempotency-Key, to answer a repeated request the same.';
COMMENT ON COLUMN replies.status IS 'HTTP status; null while the first request is still at work.';
COMMENT ON COLUMN replies.body IS 'json, not jsonb: kept as it was sent.';
