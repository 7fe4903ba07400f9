-- Weights of the search that were fitted on the business's own questions.

CREATE TABLE tunings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    adopted_at timestamptz NOT NULL,
    engine text NOT NULL,
    weights jsonb NOT NULL,
    experiment jsonb NOT NULL
);
ALTER TABLE knowledge ADD COLUMN tuning bigint REFERENCES tunings (id);

COMMENT ON TABLE tunings IS 'Every set of weights that was ever adopted, with the experiment that made it.';
COMMENT ON COLUMN tunings.engine IS 'The engine that they are for; another keeps its defaults.';
COMMENT ON COLUMN tunings.experiment IS 'What they were fitted on, and what they gave on questions kept apart.';
COMMENT ON COLUMN knowledge.tuning IS 'The weights in use; none: the defaults.';
COMMENT ON COLUMN knowledge.version IS 'Grows by one with every change of documents, profile, demo sources or weights.';
