-- Case folding as the service does it in TypeScript: NFKC, then lower case by the root locale.
CREATE FUNCTION fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(normalize(value, NFKC) COLLATE "und-x-icu");
--> statement-breakpoint
-- Who a secret belongs to, before any organization is entered. These two see past row-level security, by hash only.
CREATE FUNCTION resolve_directory_token(p_token_hash text)
  RETURNS TABLE (organization_id text, directory_id text, token_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT t.organization_id, t.directory_id, t.id FROM directory_tokens t WHERE t.token_hash = p_token_hash $$;
--> statement-breakpoint
CREATE FUNCTION resolve_api_key(p_key_hash text)
  RETURNS TABLE (organization_id text, key_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT k.organization_id, k.id FROM api_keys k WHERE k.key_hash = p_key_hash $$;
--> statement-breakpoint
-- The first statement of a transaction: it sets the organization that row-level security holds the transaction to, and
-- refuses (SQLSTATE RC401) a secret that is revoked, expired or of another directory, in the very transaction of the work.
-- They read past row-level security, by the hash that only the secret's holder can know, since this is on every request's
-- path; names are qualified in place of a search_path setting, which would cost as much as the look-up.
CREATE FUNCTION enter_directory(p_organization_id text, p_directory_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.directory_tokens t
    WHERE t.token_hash = p_token_hash AND t.organization_id = p_organization_id AND t.directory_id = p_directory_id
      AND t.is_open AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'directory token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
CREATE FUNCTION enter_api_key(p_organization_id text, p_key_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.api_keys k
    WHERE k.key_hash = p_key_hash AND k.organization_id = p_organization_id
      AND k.is_open AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'api key refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
-- Whether a token or key works is one row's matter: is_open says that whatever it hangs on is active, and is kept here, in the
-- transaction that changes the status. The functions see past row-level security, since the operator suspends an
-- organization without entering it.
CREATE FUNCTION open_new_token() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.is_open := EXISTS (
    SELECT FROM directories d JOIN organizations o ON o.id = d.organization_id
    WHERE d.organization_id = NEW.organization_id AND d.id = NEW.directory_id
      AND d.status = 'active' AND o.status = 'active');
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER open_new_token BEFORE INSERT ON directory_tokens FOR EACH ROW EXECUTE FUNCTION open_new_token();
--> statement-breakpoint
CREATE FUNCTION open_new_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.is_open := EXISTS (SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.status = 'active');
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER open_new_key BEFORE INSERT ON api_keys FOR EACH ROW EXECUTE FUNCTION open_new_key();
--> statement-breakpoint
CREATE FUNCTION open_or_close_tokens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  UPDATE directory_tokens t SET is_open = NEW.status = 'active' AND EXISTS (
      SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.status = 'active')
    WHERE t.organization_id = NEW.organization_id AND t.directory_id = NEW.id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER open_or_close_tokens AFTER UPDATE OF status ON directories
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION open_or_close_tokens();
--> statement-breakpoint
CREATE FUNCTION open_or_close_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE api_keys k SET is_open = NEW.status = 'active' WHERE k.organization_id = NEW.id;
  UPDATE directory_tokens t SET is_open = NEW.status = 'active' AND EXISTS (
      SELECT FROM directories d
      WHERE d.organization_id = NEW.id AND d.id = t.directory_id AND d.status = 'active')
    WHERE t.organization_id = NEW.id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER open_or_close_organization AFTER UPDATE OF status ON organizations
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION open_or_close_organization();
--> statement-breakpoint
-- Stops the transaction when a write refers to something that is not there: SQLSTATE RC400, the message lists what.
CREATE FUNCTION refuse_missing(p_missing text[]) RETURNS boolean
  LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(cardinality(p_missing), 0) > 0 THEN
    RAISE EXCEPTION '%', array_to_string(p_missing[1:5], ', ') USING ERRCODE = 'RC400';
  END IF;
  RETURN true;
END
$$;
--> statement-breakpoint
-- Who holds what, and through what: computed, never copied. `group_path` leads from the group the user is a member of to
-- the mapped group. A predicate on user_id reaches the users table, so one user's access costs what that user has.
CREATE VIEW effective_assignments WITH (security_invoker = true) AS
SELECT u.organization_id, u.id AS user_id, m.role_id, m.brand_id, 'mapping' AS source, m.id AS source_id,
       reached.path AS group_path, NULL::text AS reason, NULL::timestamptz AS expires_at
FROM users u
CROSS JOIN LATERAL (
  WITH RECURSIVE climbed (group_id, path) AS (
    SELECT gm.group_id, ARRAY[gm.group_id] FROM group_members gm
    WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
    UNION ALL
    SELECT n.group_id, climbed.path || n.group_id FROM climbed
    JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed.group_id
    WHERE n.group_id <> ALL (climbed.path)
  )
  SELECT group_id, path FROM climbed
) reached
JOIN mappings m ON m.organization_id = u.organization_id AND m.group_id = reached.group_id
UNION ALL
SELECT a.organization_id, a.user_id, a.role_id, a.brand_id, 'direct', a.id, NULL, a.reason, a.expires_at
FROM assignments a
WHERE (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now());
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO rolecall_server;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rolecall_server;
--> statement-breakpoint
REVOKE DELETE ON organizations FROM rolecall_server;
--> statement-breakpoint
REVOKE UPDATE, DELETE ON audit_events FROM rolecall_server;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_directory_token(text), resolve_api_key(text), enter_directory(text, text, text),
  enter_api_key(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_directory_token(text), resolve_api_key(text), enter_directory(text, text, text),
  enter_api_key(text, text) TO rolecall_server;
