-- Questions without an answer that somebody of the business has looked at and wants to see no more.

CREATE TABLE gap_dismissals (
    turn_id uuid PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    dismissed_at timestamptz NOT NULL
);

COMMENT ON TABLE gap_dismissals IS 'One row per question of a group that was dismissed; the group stays away while they are most of it.';
