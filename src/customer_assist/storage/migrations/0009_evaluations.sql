-- What was measured, kept to be compared.

CREATE TABLE evaluations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kept_at timestamptz NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('retrieval', 'abstention', 'answers')),
    engine text NOT NULL,
    corpus text NOT NULL,
    program text NOT NULL,
    settings jsonb NOT NULL,
    figures jsonb NOT NULL
);
CREATE INDEX evaluations_kept_at ON evaluations (kept_at);

COMMENT ON TABLE evaluations IS 'What customer-assist evaluate --keep measured; nothing else is written by it.';
COMMENT ON COLUMN evaluations.corpus IS 'Fingerprint of the documents: runs over other documents differ by these, too.';
COMMENT ON COLUMN evaluations.settings IS 'Files by name, engine, depth, target: what was asked for.';
COMMENT ON COLUMN evaluations.figures IS 'As evaluate --json prints them.';
