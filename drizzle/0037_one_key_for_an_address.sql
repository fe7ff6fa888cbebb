-- One key for an address, however it is written: an international domain in either spelling, a prefix or a name around it, what
-- cannot be seen in it.

-- A label of a domain as the DNS has it (RFC 3492, RFC 5890).
CREATE FUNCTION ascii_label(p_label text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  SET search_path = public, pg_temp AS $$
DECLARE
  digits CONSTANT text := 'abcdefghijklmnopqrstuvwxyz0123456789';
  codes int[]; code int; least_code int; next_code int := 128; delta bigint := 0; bias int := 72;
  basic int; handled int; rest bigint; threshold int; step int; written text := '';
BEGIN
  IF p_label !~ '[^\x01-\x7f]' OR length(p_label) > 63 THEN RETURN p_label; END IF;
  SELECT array_agg(ascii(c.letter) ORDER BY c.at) INTO codes
    FROM regexp_split_to_table(p_label, '') WITH ORDINALITY c (letter, at);
  FOREACH code IN ARRAY codes LOOP
    IF code < 128 THEN written := written || chr(code); END IF;
  END LOOP;
  basic := length(written);
  handled := basic;
  IF basic > 0 THEN written := written || '-'; END IF;
  WHILE handled < cardinality(codes) LOOP
    SELECT min(c) INTO least_code FROM unnest(codes) c WHERE c >= next_code;
    delta := delta + (least_code - next_code)::bigint * (handled + 1);
    next_code := least_code;
    FOREACH code IN ARRAY codes LOOP
      IF code < next_code THEN delta := delta + 1; END IF;
      CONTINUE WHEN code <> next_code;
      rest := delta;
      step := 36;
      LOOP
        threshold := greatest(1, least(26, step - bias));
        EXIT WHEN rest < threshold;
        written := written || substr(digits, (threshold + (rest - threshold) % (36 - threshold))::int + 1, 1);
        rest := (rest - threshold) / (36 - threshold);
        step := step + 36;
      END LOOP;
      written := written || substr(digits, rest::int + 1, 1);
      delta := delta / CASE WHEN handled = basic THEN 700 ELSE 2 END;
      delta := delta + delta / (handled + 1);
      step := 0;
      WHILE delta > 455 LOOP
        delta := delta / 35;
        step := step + 36;
      END LOOP;
      bias := step + (36 * delta / (delta + 38))::int;
      delta := 0;
      handled := handled + 1;
    END LOOP;
    delta := delta + 1;
    next_code := next_code + 1;
  END LOOP;
  RETURN 'xn--' || written;
END $$;
--> statement-breakpoint
-- The key of an address: what mail programs and providers write around it is no part of it. As fold() in the code does.
CREATE FUNCTION address_key(p_text text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  SET search_path = public, pg_temp AS $$
DECLARE
  address text := fold(regexp_replace(p_text,
    '[\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]',
    '', 'g'));
  domain text;
BEGIN
  address := coalesce(substring(address from '<([^<>]*)>$'), address);
  address := regexp_replace(address, '^(mailto|smtp|sip):', '');
  address := rtrim(btrim(translate(address, '。', '.'), '"''<>'), '.');
  domain := substring(address from '^[^@]+@([^@]+\.[^@]+)$');
  IF domain ~ '[^\x01-\x7f]' THEN
    address := split_part(address, '@', 1) || '@' || (SELECT string_agg(ascii_label(l.label), '.' ORDER BY l.at)
      FROM regexp_split_to_table(domain, '\.') WITH ORDINALITY l (label, at));
  END IF;
  RETURN address;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION sign_in_key(p_attributes jsonb, p_user_name text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
  SET search_path = public, pg_temp AS $$
DECLARE
  address text := address_key(coalesce(
    jsonb_path_query_first(p_attributes, '$.emails[*] ? (@.primary == true || @.primary == "true").value') #>> '{}',
    jsonb_path_query_first(p_attributes, '$.emails[*].value') #>> '{}', p_user_name));
BEGIN
  RETURN CASE WHEN address LIKE '_%@_%' AND address NOT LIKE '%#ext#%' THEN address END;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION address_keys(p_attributes jsonb, p_user_name_key text) RETURNS text[] LANGUAGE sql IMMUTABLE
  SET search_path = public, pg_temp AS $$
  SELECT coalesce(nullif(array(SELECT address_key(e.value ->> 'value') FROM jsonb_array_elements(
      CASE jsonb_typeof(p_attributes -> 'emails') WHEN 'array' THEN p_attributes -> 'emails' ELSE '[]' END) e (value)
    WHERE e.value ->> 'value' IS NOT NULL), '{}'), ARRAY[p_user_name_key]) $$;
--> statement-breakpoint
-- Whose key is another one now: where two living people have it by that, it stays with the one who can sign in.
WITH changed AS MATERIALIZED (
  SELECT u.organization_id, u.id, sign_in_key(u.attributes, u.user_name) AS key FROM users u
  WHERE u.deleted_at IS NULL AND u.email_key IS DISTINCT FROM sign_in_key(u.attributes, u.user_name)),
ranked AS (
  SELECT u.organization_id, u.id, first_value(u.id) OVER (PARTITION BY u.organization_id, c.key ORDER BY
      u.status = 'active' DESC, u.status = 'invited' DESC, u.last_active_at DESC NULLS LAST, u.created_at, u.id) AS keeper
  FROM (SELECT DISTINCT organization_id, key FROM changed WHERE key IS NOT NULL) c
  JOIN users u ON u.organization_id = c.organization_id AND u.deleted_at IS NULL AND u.address_yielded_to IS NULL
    AND (u.email_key = c.key OR (u.organization_id, u.id, c.key) IN (SELECT organization_id, id, key FROM changed)))
UPDATE users u SET address_yielded_to = r.keeper FROM ranked r
  WHERE u.organization_id = r.organization_id AND u.id = r.id AND r.id <> r.keeper;
--> statement-breakpoint
-- The generated column follows when the row is written.
UPDATE users SET attributes = attributes WHERE email_key IS DISTINCT FROM sign_in_key(attributes, user_name);
--> statement-breakpoint
UPDATE users u SET user_name_key = address_key(u.user_name_key)
  WHERE u.user_name_key ~ '^[^\s@]+@[^\s@]*[^\x01-\x7f][^\s@]*$' AND u.deleted_at IS NULL AND NOT EXISTS (
    SELECT FROM users o WHERE o.organization_id = u.organization_id AND o.deleted_at IS NULL
      AND o.user_name_key = address_key(u.user_name_key));
--> statement-breakpoint
UPDATE users u SET user_name_key = address_key(u.user_name_key)
  WHERE u.user_name_key ~ '^[^\s@]+@[^\s@]*[^\x01-\x7f][^\s@]*$' AND u.deleted_at IS NOT NULL;
--> statement-breakpoint
INSERT INTO user_emails (organization_id, value_key, user_id)
  SELECT e.organization_id, address_key(e.value_key), e.user_id FROM user_emails e
  WHERE e.value_key ~ '^[^\s@]+@[^\s@]*[^\x01-\x7f][^\s@]*$' ON CONFLICT DO NOTHING;
--> statement-breakpoint
UPDATE invitations SET email_key = address_key(email_key) WHERE email_key ~ '^[^\s@]+@[^\s@]*[^\x01-\x7f][^\s@]*$';
--> statement-breakpoint
-- Of several people whom their directory calls the same, one is there: the others are off, or marked as they are.
ALTER TABLE users ADD COLUMN shares_external_id boolean DEFAULT false NOT NULL;
--> statement-breakpoint
UPDATE users u SET shares_external_id = true WHERE u.deleted_at IS NULL AND u.external_id IS NOT NULL
  AND u.directory_id IS NOT NULL AND u.status IN ('active', 'invited') AND EXISTS (
    SELECT FROM users o WHERE o.organization_id = u.organization_id AND o.directory_id = u.directory_id
      AND o.external_id = u.external_id AND o.deleted_at IS NULL AND o.status IN ('active', 'invited')
      AND (o.created_at, o.id) < (u.created_at, u.id));
--> statement-breakpoint
CREATE UNIQUE INDEX users_own_external_id ON users USING btree (organization_id, directory_id, external_id)
  WHERE deleted_at is null and external_id is not null and directory_id is not null and status in ('active', 'invited')
    and not shares_external_id;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION ascii_label(text) IS 'A label of a domain as the DNS has it (RFC 3492, RFC 5890).';
  COMMENT ON FUNCTION address_key(text) IS
    'The key of an address: without what mail programs and providers write around it, its domain as the DNS has it.';
  COMMENT ON COLUMN users.shares_external_id IS
    'Somebody else of the directory had the externalId before that was refused.';
END $do$;
--> statement-breakpoint
-- Whoever writes into the audit trail manages something.
CREATE OR REPLACE FUNCTION manages_something(p_permission text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.read', 'users.invite', 'users.manage', 'roles.assign', 'roles.manage',
      'brands.create', 'brands.manage', 'settings.view', 'settings.manage', 'settings.integrations', 'audit.view', 'audit.write']) wanted
    WHERE permission_covers(p_permission, wanted)) $$;
