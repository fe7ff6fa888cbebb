-- Under which keys secrets are sealed, over all organizations: counts and organizations alone, never a secret.
CREATE FUNCTION seals_by_key() RETURNS TABLE(key_id text, organization_id text, secrets bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT split_part(s.sealed, '.', 2), s.organization_id, count(*) FROM (
    SELECT c.organization_id, c.secret_sealed FROM connections c
    UNION ALL SELECT a.organization_id, a.secret_sealed FROM applications a
    UNION ALL SELECT f.organization_id, f.secret_sealed FROM totp_factors f
    UNION ALL SELECT m.organization_id, m.password_sealed FROM mail_servers m
    UNION ALL SELECT m.organization_id, m.body_sealed FROM mails m
    UNION ALL SELECT n.organization_id, n.id_token_sealed FROM sessions n
    UNION ALL SELECT r.organization_id, r.secret_sealed FROM sign_in_requests r WHERE r.expires_at > now()
    UNION ALL SELECT NULL, i.value_sealed FROM instance_keys i) AS s (organization_id, sealed)
  WHERE s.sealed <> '' GROUP BY 1, 2 $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION seals_by_key() FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION seals_by_key() TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION seals_by_key() IS 'Under which keys secrets are sealed, by organization (null: of the installation itself); counts alone.';
END $do$;
