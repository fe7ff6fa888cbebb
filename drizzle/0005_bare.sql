-- What names are sorted by and searched in: folded, and without what NFKD splits off as combining marks (Zoë is zoe).
CREATE FUNCTION bare(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN fold(regexp_replace(normalize(value, NFKD), U&'[\0300-\036F]', '', 'g'));
