-- A refused password of somebody who has none is theirs, too: administrators look for it under their name.
CREATE FUNCTION resolve_person_without_password(p_key text, p_organization_id text)
  RETURNS TABLE (organization_id text, user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.organization_id, u.id FROM users u JOIN organizations o ON o.id = u.organization_id
  WHERE o.status = 'active' AND u.deleted_at IS NULL
    AND (p_organization_id IS NULL OR u.organization_id = p_organization_id)
    AND (u.organization_id, u.id) IN (
      SELECT n.organization_id, n.id FROM users n WHERE n.user_name_key = p_key AND n.deleted_at IS NULL
      UNION SELECT e.organization_id, e.id FROM users e WHERE e.email_key = p_key AND e.deleted_at IS NULL
        AND e.address_yielded_to IS NULL)
    AND NOT EXISTS (SELECT FROM passwords p WHERE p.organization_id = u.organization_id AND p.user_id = u.id)
  ORDER BY EXISTS (SELECT FROM domains d WHERE d.organization_id = u.organization_id AND d.status = 'verified'
    AND d.name = split_part(p_key, '@', 2)) DESC, u.user_name_key = p_key DESC, u.created_at, u.organization_id, u.id
  LIMIT 1 $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION resolve_person_without_password(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_person_without_password(text, text) TO rolecall_server;
--> statement-breakpoint
COMMENT ON FUNCTION resolve_person_without_password(text, text) IS
  'Somebody of this name or address who has no password, the likeliest first: for the record of an attempt with one.';
