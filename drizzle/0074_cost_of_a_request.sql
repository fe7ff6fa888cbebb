-- What every request, or every change of a person, runs through: the same by fewer statements inside the database. Rules, results and
-- what is stored stay.

-- What is no single expression is not worked into the statement anew for each row of a person that is written; what is plain ASCII
-- needs neither normal forms nor a locale.
CREATE OR REPLACE FUNCTION bare(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF octet_length(value) = char_length(value) THEN RETURN lower(value COLLATE "C"); END IF;
  RETURN public.fold(regexp_replace(normalize(value, NFKD), U&'[\0300-\036F]', '', 'g'));
END $$;--> statement-breakpoint
-- A text of plain ASCII, as nearly all are, is its own key but for the case. Names are qualified in place of a search_path setting,
-- which costs more than all the rest.
CREATE OR REPLACE FUNCTION address_key(p_text text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  address text;
  domain text;
BEGIN
  IF p_text ~ '^[A-Za-z0-9._%+@-]*[A-Za-z0-9_%+@-]$' THEN RETURN lower(p_text COLLATE "C"); END IF;
  address := public.fold(regexp_replace(p_text,
    '[\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]',
    '', 'g'));
  address := coalesce(substring(address from '<([^<>]*)>$'), address);
  address := regexp_replace(address, '^(mailto|smtp|sip):', '');
  address := rtrim(btrim(translate(address, '。', '.'), '"''<>'), '.');
  domain := substring(address from '^[^@]+@([^@]+\.[^@]+)$');
  IF domain ~ '[^\x01-\x7f]' THEN
    address := split_part(address, '@', 1) || '@' || (SELECT string_agg(public.ascii_label(l.label), '.' ORDER BY l.at)
      FROM regexp_split_to_table(domain, '\.') WITH ORDINALITY l (label, at));
  END IF;
  RETURN address;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION sign_in_key(p_attributes jsonb, p_user_name text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  address text := public.address_key(coalesce(
    jsonb_path_query_first(p_attributes, '$.emails[*] ? (@.primary == true || @.primary == "true").value') #>> '{}',
    jsonb_path_query_first(p_attributes, '$.emails[*].value') #>> '{}', p_user_name));
BEGIN
  RETURN CASE WHEN address LIKE '_%@_%' AND address NOT LIKE '%#ext#%' THEN address END;
END $$;--> statement-breakpoint
-- That nobody had any of the names is what nearly always comes out, and is asked first, in short.
CREATE OR REPLACE FUNCTION refuse_reserved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
DECLARE
  v_names text[] := array_remove(ARRAY[NEW.user_name_key, NEW.email_key], NULL);
  v_kept interval;
  v_until timestamptz;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    v_names := array_remove(array_remove(v_names, OLD.user_name_key), OLD.email_key);
  END IF;
  IF NOT (EXISTS (SELECT FROM users u WHERE u.organization_id = NEW.organization_id AND u.deleted_at IS NOT NULL
        AND u.user_name_key = ANY (v_names))
      OR EXISTS (SELECT FROM users u WHERE u.organization_id = NEW.organization_id AND u.deleted_at IS NOT NULL
        AND u.email_key = ANY (v_names))
      OR EXISTS (SELECT FROM former_names f WHERE f.organization_id = NEW.organization_id AND f.value_key = ANY (v_names))
      OR EXISTS (SELECT FROM reserved_names r WHERE r.organization_id = NEW.organization_id)
        AND EXISTS (SELECT FROM reserved_names r WHERE r.organization_id = NEW.organization_id
          AND r.name_hash = ANY (ARRAY(SELECT reserved_hash(NEW.organization_id, n) FROM unnest(v_names) n))))
  THEN RETURN NULL; END IF;
  SELECT make_interval(days => o.reserved_days) INTO v_kept FROM organizations o
    WHERE o.id = NEW.organization_id AND o.reserved_days > 0;
  IF v_kept IS NULL OR cardinality(v_names) = 0 THEN RETURN NULL; END IF;
  SELECT max(x.until) INTO v_until FROM (
    SELECT u.deleted_at + v_kept AS until, u.directory_id,
        EXISTS (SELECT FROM deleted_people d WHERE d.organization_id = u.organization_id AND d.user_id = u.id) AS is_deleted_here
      FROM users u WHERE u.organization_id = NEW.organization_id AND u.id <> NEW.id AND u.deleted_at IS NOT NULL
        AND u.status <> 'erased' AND u.user_name_key = ANY (v_names)
    UNION ALL
    SELECT u.deleted_at + v_kept, u.directory_id,
        EXISTS (SELECT FROM deleted_people d WHERE d.organization_id = u.organization_id AND d.user_id = u.id)
      FROM users u WHERE u.organization_id = NEW.organization_id AND u.id <> NEW.id AND u.deleted_at IS NOT NULL
        AND u.status <> 'erased' AND u.email_key = ANY (v_names)
    UNION ALL
    SELECT f.ended_at + v_kept, u.directory_id,
        EXISTS (SELECT FROM deleted_people d WHERE d.organization_id = u.organization_id AND d.user_id = u.id)
      FROM former_names f JOIN users u ON u.organization_id = f.organization_id AND u.id = f.user_id
      WHERE f.organization_id = NEW.organization_id AND f.value_key = ANY (v_names) AND f.kind IN ('user_name', 'address')
        AND f.user_id <> NEW.id
    UNION ALL
    SELECT r.reserved_until, r.directory_id, false FROM reserved_names r
      WHERE r.organization_id = NEW.organization_id AND r.user_id <> NEW.id
        AND r.name_hash = ANY (ARRAY(SELECT reserved_hash(NEW.organization_id, n) FROM unnest(v_names) n))) x
    WHERE x.until > now() AND (x.is_deleted_here OR NEW.directory_id IS NULL OR x.directory_id IS NULL);
  IF v_until IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'RC410', MESSAGE = to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD');
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
-- What could make somebody an administrator is asked first, without working out all that they hold: an assignment, a group or a
-- filter that is mapped, a team.
CREATE OR REPLACE FUNCTION keep_administrator_of_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  v_lasting boolean;
  v_roles text[] := ARRAY(SELECT rp.role_id FROM role_permissions rp
    WHERE rp.organization_id = NEW.organization_id AND rp.effect = 'allow' AND rp.permission = '*');
BEGIN
  IF NOT (EXISTS (SELECT FROM assignments a WHERE a.organization_id = NEW.organization_id AND a.user_id = NEW.id
        AND a.role_id = ANY (v_roles))
      OR EXISTS (SELECT FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.role_id = ANY (v_roles)
        AND (m.filter_path IS NOT NULL OR EXISTS (
          SELECT FROM group_members g WHERE g.organization_id = NEW.organization_id AND g.user_id = NEW.id)))
      OR EXISTS (SELECT FROM team_roles r WHERE r.organization_id = NEW.organization_id AND r.role_id = ANY (v_roles)))
  THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.id)
  THEN RETURN NULL; END IF;
  SELECT bool_or(a.expires_at IS NULL) INTO v_lasting FROM effective_assignments a
    WHERE a.organization_id = NEW.organization_id AND a.user_id = NEW.id AND a.brand_id IS NULL
      AND is_administrator_role(a.organization_id, a.role_id);
  IF v_lasting IS NOT NULL THEN PERFORM check_administrators(NEW.organization_id, v_lasting); END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
-- Assignments rather than PERFORM: plpgsql evaluates a bare call of a function by itself.
CREATE OR REPLACE FUNCTION enter_directory(p_organization_id text, p_directory_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_organization_id text := pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  v_honour text := pg_catalog.set_config('rolecall.last_administrator', 'honour', true);
BEGIN
  PERFORM FROM public.directory_tokens t
    WHERE t.token_hash = p_token_hash AND t.organization_id = p_organization_id AND t.directory_id = p_directory_id
      AND t.is_open AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > pg_catalog.now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'directory token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION place_audit_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_transaction xid8 := pg_catalog.pg_current_xact_id();
BEGIN
  NEW.position := pg_catalog.nextval('public.audit_positions');
  RETURN NEW;
END $$;--> statement-breakpoint
-- Planned for the indexes: what was planned while there was nothing read the whole table of losses for each of the thousands that
-- came in the same session.
CREATE OR REPLACE FUNCTION note_losses(p_directory_id text, p_kind text, p_user_ids text[], p_group_id text, p_child_group_id text,
    p_now timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  p_organization_id text := current_setting('rolecall.organization_id');
  v_directory record;
  v_counts boolean := p_group_id IS NULL;
  v_wave text;
  v_since timestamptz;
  v_people integer;
  v_began timestamptz;
  v_alarm text;
BEGIN
  IF p_directory_id IS NULL OR cardinality(p_user_ids) = 0 THEN RETURN NULL; END IF;
  SELECT d.name, d.brake, d.brake_minutes, d.brake_limit,
      (SELECT l.occurred_at FROM directory_losses l WHERE l.organization_id = p_organization_id
        AND l.directory_id = p_directory_id ORDER BY l.occurred_at DESC LIMIT 1) AS last,
      (SELECT m.id FROM mass_changes m WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id
        AND m.ended_at IS NULL LIMIT 1) AS wave
    INTO v_directory FROM directories d WHERE d.organization_id = p_organization_id AND d.id = p_directory_id;
  v_wave := v_directory.wave;
  -- Of a group counts what gives a role: a mapping, or a team that it fills and that holds one, or is within one that does.
  IF p_group_id IS NOT NULL THEN
    v_counts := EXISTS (SELECT FROM groups_above(p_organization_id, ARRAY[p_group_id]) a
      WHERE EXISTS (SELECT FROM mappings m WHERE m.organization_id = p_organization_id AND m.group_id = a.group_id)
        OR EXISTS (SELECT FROM team_sources s
          JOIN teams t ON t.organization_id = s.organization_id AND t.id = s.team_id
          JOIN team_roles r ON r.organization_id = s.organization_id AND r.team_id IN (t.id, t.parent_id)
          WHERE s.organization_id = p_organization_id AND s.group_id = a.group_id));
  END IF;
  IF v_directory.last < p_now - interval '10 minutes' THEN
    UPDATE mass_changes m SET ended_at = v_directory.last
      WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
    v_wave := NULL;
  END IF;
  INSERT INTO directory_losses (organization_id, directory_id, occurred_at, kind, user_id, group_id, child_group_id, status, counts)
    SELECT u.organization_id, p_directory_id, p_now, p_kind, u.id, p_group_id, p_child_group_id, u.status,
      v_counts AND u.status IN ('active', 'invited')
    FROM users u WHERE u.organization_id = p_organization_id AND u.id = ANY (p_user_ids);
  IF v_wave IS NOT NULL OR v_directory.brake = 'off' OR NOT v_counts THEN RETURN v_wave; END IF;
  v_since := greatest(p_now - make_interval(mins => v_directory.brake_minutes), (SELECT max(m.ended_at) FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id));
  -- No more rows than it takes to tell.
  SELECT count(DISTINCT x.user_id) INTO v_people FROM (SELECT l.user_id FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id AND l.occurred_at > v_since AND l.counts
    ORDER BY l.occurred_at DESC LIMIT 20 * v_directory.brake_limit + 20) x;
  IF v_people <= v_directory.brake_limit THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('brake ' || p_directory_id, 0));
  SELECT m.id INTO v_wave FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
  IF v_wave IS NOT NULL THEN RETURN v_wave; END IF;
  -- Those who left a while before belong to another day's work.
  SELECT max(g.occurred_at) INTO v_began FROM (SELECT l.occurred_at,
      l.occurred_at - lag(l.occurred_at) OVER (ORDER BY l.occurred_at) AS gap FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id AND l.occurred_at > v_since) g
    WHERE g.gap IS NULL OR g.gap > interval '10 minutes';
  v_wave := new_id('mch');
  v_alarm := new_id('alm');
  INSERT INTO mass_changes (organization_id, id, directory_id, began_at, tripped_at, people_limit, status)
    VALUES (p_organization_id, v_wave, p_directory_id, v_began, p_now, v_directory.brake_limit, 'open');
  INSERT INTO alarms (organization_id, id, kind, detail, raised_at) VALUES (p_organization_id, v_alarm, 'mass_change',
    jsonb_build_object('massChangeId', v_wave, 'directoryId', p_directory_id, 'name', v_directory.name,
      'limit', v_directory.brake_limit, 'minutes', v_directory.brake_minutes), p_now);
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    VALUES (p_organization_id, new_id('evt'), p_now, 'system', 'rolecall', 'directory.brake', 'directory', p_directory_id,
      jsonb_build_object('massChange', v_wave, 'alarm', v_alarm, 'limit', v_directory.brake_limit), 'req_brake');
  RETURN v_wave;
END $$;
