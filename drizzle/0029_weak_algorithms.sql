-- SHA-1 was let through for a connection without an end. Whoever relies on it has half a year from now on.
UPDATE connections
SET settings = settings || jsonb_build_object('weakAlgorithmsUntil',
  to_char((now() + interval '180 days') AT TIME ZONE 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
WHERE type = 'saml' AND settings @> '{"isSha1Allowed": true}' AND NOT settings ? 'weakAlgorithmsUntil';
