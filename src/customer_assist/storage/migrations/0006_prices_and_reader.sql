-- What dashboards read: prices, and indexes that answer for a week in no time.

CREATE TABLE prices (
    model text PRIMARY KEY,
    prompt_per_million numeric NOT NULL CHECK (prompt_per_million >= 0),
    completion_per_million numeric NOT NULL CHECK (completion_per_million >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$')
);

COMMENT ON TABLE prices IS 'What a model costs, entered by whoever pays for it; none is assumed.';
COMMENT ON COLUMN prices.model IS 'As in turns.answered_by.';
COMMENT ON COLUMN prices.prompt_per_million IS 'For a million tokens that are sent.';
COMMENT ON COLUMN prices.completion_per_million IS 'For a million tokens that are written.';
COMMENT ON COLUMN prices.currency IS 'Three letters, such as EUR.';

-- A week of turns is read from the index alone: the rows themselves hold long texts. For that the index must know that
-- new rows are there for everybody, which a vacuum tells it: by default it comes when a fifth of the table is new.
CREATE INDEX turns_figures ON turns (timestamp) INCLUDE (
    outcome, answered_by, degraded, channel, position, relevance, response_time, retrieve_time, answer_time,
    prompt_tokens, completion_tokens, total_tokens
);
DROP INDEX turns_timestamp;
ALTER TABLE turns SET (autovacuum_vacuum_insert_scale_factor = 0.01);

CREATE INDEX turns_abstained ON turns (timestamp) WHERE outcome = 'abstained';
CREATE INDEX ratings_timestamp ON ratings (timestamp) INCLUDE (id, turn_id, value);
CREATE INDEX jobs_given_up ON jobs (done_at) WHERE done_at IS NOT NULL AND failure <> '';
