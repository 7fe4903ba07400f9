-- Search by late interaction wants a vector for each word piece of a text, beside the one for all of it.
-- What is stored of older embedding models is never asked for again: every stamp is a new one.

DELETE FROM vectors;
ALTER TABLE vectors ADD COLUMN tokens bytea NOT NULL;
ALTER TABLE vectors ALTER COLUMN tokens SET STORAGE EXTERNAL;

COMMENT ON COLUMN vectors.tokens IS
    'Little-endian: how many word pieces (2 bytes), their numbers (2 bytes each), their vectors (int8).';
