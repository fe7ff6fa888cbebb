-- What the organization knows of somebody whom a directory brings: the invited person that they are, or else whether an administrator
-- had switched them off under any name that they had (the latest of all who had one counts, so that a hold that was lifted stays
-- lifted); and whether the directory's people wait. That nobody knows them is what nearly always comes out, and is asked first, in
-- short. Planned for the indexes: what was planned while there was hardly anybody stays right for the many who come in one session.
CREATE FUNCTION arrival_of(p_organization_id text, p_directory_id text, p_user_name text, p_user_name_key text, p_external_id text,
    p_attributes jsonb) RETURNS TABLE(invited_id text, is_held boolean, is_staged boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  v_names text[] := array_remove(ARRAY[p_user_name_key, sign_in_key(p_attributes, p_user_name)], NULL);
  v_may_be_invited boolean;
  v_may_be_held boolean;
BEGIN
  IF p_organization_id IS DISTINCT FROM current_setting('rolecall.organization_id', true) THEN RETURN; END IF;
  SELECT d.arrivals = 'staged',
      EXISTS (SELECT FROM invitations i WHERE i.organization_id = p_organization_id AND i.email_key = ANY (v_names)),
      EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.user_name_key = ANY (v_names))
        OR EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.email_key = ANY (v_names))
        OR EXISTS (SELECT FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.external_id = p_external_id)
        OR EXISTS (SELECT FROM former_names f WHERE f.organization_id = p_organization_id
          AND f.value_key = ANY (v_names || p_external_id))
    INTO is_staged, v_may_be_invited, v_may_be_held
    FROM directories d WHERE d.organization_id = p_organization_id AND d.id = p_directory_id;
  is_staged := coalesce(is_staged, false);
  IF v_may_be_invited THEN
    SELECT u.id INTO invited_id FROM invitations i JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id
      WHERE i.organization_id = p_organization_id AND i.status IN ('pending', 'cancelled') AND i.email_key = ANY (v_names)
        AND u.status = 'invited' AND u.directory_id IS NULL AND u.deleted_at IS NULL
      ORDER BY (u.user_name_key = p_user_name_key) DESC, u.id LIMIT 1;
  END IF;
  IF invited_id IS NULL AND v_may_be_held THEN
    SELECT r.status_reason = 'administrator' AND (SELECT o.reactivation = 'by_holder' FROM organizations o
        WHERE o.id = p_organization_id) INTO is_held
      FROM users r WHERE r.organization_id = p_organization_id AND r.id IN (
        SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.user_name_key = ANY (v_names)
        UNION ALL SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.email_key = ANY (v_names)
        UNION ALL SELECT u.id FROM users u WHERE u.organization_id = p_organization_id AND u.deleted_at IS NOT NULL
          AND u.external_id = p_external_id AND u.directory_id = p_directory_id
        UNION ALL SELECT f.user_id FROM former_names f WHERE f.organization_id = p_organization_id
          AND f.value_key = ANY (v_names) AND f.kind IN ('user_name', 'address')
        UNION ALL SELECT f.user_id FROM former_names f WHERE f.organization_id = p_organization_id
          AND f.value_key = p_external_id AND f.kind = 'external_id' AND f.directory_id = p_directory_id)
      ORDER BY r.status_changed_at DESC, r.id DESC LIMIT 1;
  END IF;
  is_held := coalesce(is_held, false);
  RETURN NEXT;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION arrival_of(text, text, text, text, text, jsonb) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION arrival_of(text, text, text, text, text, jsonb) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION arrival_of(text, text, text, text, text, jsonb) IS 'Of somebody whom a directory brings: the invited person that they are, whether an administrator had switched them off under any name that they had, and whether the people of the directory wait.';
END $do$;
