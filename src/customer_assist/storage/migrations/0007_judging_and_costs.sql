-- Who judged a turn and when, what calls of the language model were for, and what it all cost.

ALTER TABLE turns ADD COLUMN judged_by text NOT NULL DEFAULT '';
ALTER TABLE turns ADD COLUMN judged_at timestamptz;
ALTER TABLE turns ADD COLUMN tokens_by text NOT NULL DEFAULT '';

COMMENT ON COLUMN turns.judged_by IS 'The language model that gave `relevance`; its tokens are the eval_ ones.';
COMMENT ON COLUMN turns.judged_at IS 'Null: not judged.';
COMMENT ON COLUMN turns.tokens_by IS 'The language model whose tokens these are, where answered_by is none.';

-- A question that a model reworded and no model answered.
UPDATE turns SET tokens_by = coalesce(nullif(trace ->> 'written_by', ''), nullif(trace ->> 'translated_by', ''), '')
WHERE total_tokens > 0 AND answered_by IN ('extractive', 'human');

DROP INDEX turns_figures;
CREATE INDEX turns_figures ON turns (timestamp) INCLUDE (
    outcome, answered_by, degraded, channel, position, relevance, confidence, response_time, retrieve_time, answer_time,
    prompt_tokens, completion_tokens, total_tokens, tokens_by, judged_by
);
CREATE INDEX turns_judged ON turns (timestamp) INCLUDE (
    channel, relevance, judged_by, eval_prompt_tokens, eval_completion_tokens, eval_total_tokens
) WHERE eval_total_tokens > 0;
CREATE INDEX turns_judged_at ON turns (judged_at) INCLUDE (relevance) WHERE judged_at IS NOT NULL;

-- Calls, and what they took ---------------------------------------------------------------------------

ALTER TABLE model_calls ADD COLUMN kind text NOT NULL DEFAULT 'answering';
ALTER TABLE model_calls DROP CONSTRAINT model_calls_pkey;
ALTER TABLE model_calls ADD PRIMARY KEY (day, kind);

COMMENT ON COLUMN model_calls.kind IS 'answering (with rewording, translating, suggesting) or judging: each has its own budget.';

CREATE TABLE model_usage (
    day date NOT NULL,
    kind text NOT NULL,
    model text NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    PRIMARY KEY (day, kind, model)
);

COMMENT ON TABLE model_usage IS 'Tokens of every call that came to its end, also of those whose text was of no use.';
COMMENT ON COLUMN model_usage.day IS 'In UTC; `kind` is as in model_calls.';

CREATE TABLE conversation_calls (
    conversation_id uuid PRIMARY KEY,
    calls integer NOT NULL,
    day date NOT NULL
);

COMMENT ON TABLE conversation_calls IS 'Calls of the language model for a conversation, counted before they are made.';
COMMENT ON COLUMN conversation_calls.day IS 'Of the latest call, in UTC.';

-- What it cost ----------------------------------------------------------------------------------------

CREATE VIEW turn_costs AS
SELECT
    used.*,
    prices.currency,
    (used.prompt_tokens * prices.prompt_per_million::float8
        + used.completion_tokens * prices.completion_per_million::float8) / 1000000 AS cost
FROM (
    SELECT
        id AS turn_id, timestamp, (timestamp AT TIME ZONE 'UTC')::date AS day, channel, 'answering' AS purpose,
        coalesce(nullif(tokens_by, ''), answered_by) AS model, prompt_tokens, completion_tokens
    FROM turns WHERE total_tokens > 0
    UNION ALL
    SELECT
        id, timestamp, (timestamp AT TIME ZONE 'UTC')::date, channel, 'judging',
        judged_by, eval_prompt_tokens, eval_completion_tokens
    FROM turns WHERE eval_total_tokens > 0
) AS used
LEFT JOIN prices ON prices.model = used.model;

COMMENT ON VIEW turn_costs IS 'What answering a turn cost, and judging it: a row each, none where no token was used.';
COMMENT ON COLUMN turn_costs.day IS 'On which it was asked, in UTC.';
COMMENT ON COLUMN turn_costs.model IS 'Empty: judged before the judge''s name was kept.';
COMMENT ON COLUMN turn_costs.cost IS 'In `currency`, at the present price; both null where the model has none.';

CREATE VIEW model_costs AS
SELECT
    model_usage.*,
    prices.currency,
    (model_usage.prompt_tokens * prices.prompt_per_million
        + model_usage.completion_tokens * prices.completion_per_million) / 1000000 AS cost
FROM model_usage
LEFT JOIN prices USING (model);

COMMENT ON VIEW model_costs IS 'What a day''s calls cost, also those that came to no turn, in `currency`; null where unpriced.';

-- How good it was -------------------------------------------------------------------------------------

CREATE VIEW turn_relevance AS
SELECT
    id AS turn_id,
    timestamp,
    (timestamp AT TIME ZONE 'UTC')::date AS day,
    channel,
    answered_by,
    CASE WHEN relevance <> 'UNKNOWN' THEN 'judged' WHEN confidence > 0 THEN 'estimated' ELSE 'none' END AS source,
    CASE WHEN relevance <> 'UNKNOWN' THEN relevance END AS relevance,
    judged_by,
    CASE WHEN confidence > 0 THEN confidence END AS estimate
FROM turns
WHERE outcome = 'answered' AND answered_by <> 'human';

COMMENT ON VIEW turn_relevance IS 'Answers by the assistant: what a judge found, and apart from it what the gate expected.';
COMMENT ON COLUMN turn_relevance.source IS 'judged, estimated (by the gate, none judged it), none (a guide''s next step).';
COMMENT ON COLUMN turn_relevance.relevance IS 'A judge''s label; null where none looked. Never an estimate.';
COMMENT ON COLUMN turn_relevance.estimate IS
    'The gate''s probability that the best document answers, 0 to 1; its mean is an expected share, and no judgment.';
