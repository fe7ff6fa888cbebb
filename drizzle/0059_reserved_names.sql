ALTER TABLE "organizations" ADD COLUMN "reserved_days" integer DEFAULT 90 NOT NULL;--> statement-breakpoint
ALTER TABLE history.organizations ADD COLUMN "reserved_days" integer DEFAULT 90 NOT NULL;--> statement-breakpoint
SELECT history.keep('organizations', ARRAY['slug', 'name', 'status', 'administrator_brand_access', 'role_strategy'], ARRAY['id']);
--> statement-breakpoint
CREATE TABLE "reservation_keys" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "reservation_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reserved_names" (
	"organization_id" text NOT NULL,
	"name_hash" text NOT NULL,
	"user_id" text NOT NULL,
	"directory_id" text,
	"reserved_until" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "reserved_names_organization_id_name_hash_user_id_pk" PRIMARY KEY("organization_id","name_hash","user_id")
);
--> statement-breakpoint
ALTER TABLE "reserved_names" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "reservation_keys" ADD CONSTRAINT "reservation_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reserved_names" ADD CONSTRAINT "reserved_names_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reserved_names_until" ON "reserved_names" USING btree ("reserved_until");--> statement-breakpoint
CREATE POLICY "own_organization" ON "reservation_keys" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "reserved_names" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON reservation_keys, reserved_names TO rolecall_server;
--> statement-breakpoint
-- What an erased person was called is kept as this alone: of no use without the organization's key.
CREATE FUNCTION reserved_hash(p_organization_id text, p_name text) RETURNS text LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(k.key || encode(sha256(convert_to(k.key || p_name, 'UTF8')), 'hex'), 'UTF8')), 'hex')
  FROM reservation_keys k WHERE k.organization_id = p_organization_id $$;
--> statement-breakpoint
-- The names of somebody who is about to be erased, those that they have given up lately included.
CREATE FUNCTION reserve_names(p_organization_id text, p_user_id text) RETURNS integer LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  v_days integer := (SELECT o.reserved_days FROM organizations o WHERE o.id = p_organization_id);
  v_count integer;
BEGIN
  IF v_days = 0 THEN RETURN 0; END IF;
  INSERT INTO reservation_keys (organization_id, key)
    VALUES (p_organization_id, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')) ON CONFLICT DO NOTHING;
  INSERT INTO reserved_names (organization_id, name_hash, user_id, directory_id, reserved_until)
    SELECT n.organization_id, reserved_hash(n.organization_id, n.name), n.id, n.directory_id, max(n.until) FROM (
      SELECT u.organization_id, u.id, u.directory_id, unnest(ARRAY[u.user_name_key, u.email_key]) AS name,
        now() + make_interval(days => v_days) AS until
      FROM users u WHERE u.organization_id = p_organization_id AND u.id = p_user_id
      UNION ALL
      SELECT f.organization_id, f.user_id, f.directory_id, f.value_key, f.ended_at + make_interval(days => v_days)
      FROM former_names f WHERE f.organization_id = p_organization_id AND f.user_id = p_user_id
        AND f.kind IN ('user_name', 'address')) n
    WHERE n.name IS NOT NULL AND n.until > now() GROUP BY n.organization_id, n.id, n.directory_id, n.name
    ON CONFLICT (organization_id, name_hash, user_id) DO UPDATE
      SET reserved_until = greatest(reserved_names.reserved_until, excluded.reserved_until);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$;
--> statement-breakpoint
-- A name or address that was somebody else's until lately is nobody's, whatever the way. Directories say of their people who is who,
-- also when one takes over from another; but not of whom an administrator has deleted.
CREATE FUNCTION refuse_reserved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  v_names text[] := array_remove(ARRAY[NEW.user_name_key, NEW.email_key], NULL);
  v_kept interval;
  v_until timestamptz;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    v_names := array_remove(array_remove(v_names, OLD.user_name_key), OLD.email_key);
  END IF;
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
END $$;
--> statement-breakpoint
CREATE TRIGGER refuse_reserved AFTER INSERT ON users FOR EACH ROW WHEN (NEW.deleted_at IS NULL) EXECUTE FUNCTION refuse_reserved();
--> statement-breakpoint
CREATE TRIGGER refuse_reserved_change AFTER UPDATE OF user_name, attributes ON users FOR EACH ROW
  WHEN (NEW.deleted_at IS NULL AND (OLD.user_name_key IS DISTINCT FROM NEW.user_name_key OR OLD.email_key IS DISTINCT FROM NEW.email_key))
  EXECUTE FUNCTION refuse_reserved();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION sweep_expired() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in_requests r WHERE r.expires_at < now() - interval '1 hour';
  DELETE FROM used_messages m WHERE m.expires_at < now();
  DELETE FROM provider_artifacts p WHERE p.expires_at < now();
  DELETE FROM throttles t WHERE t.window_ends_at < now();
  DELETE FROM password_resets r WHERE r.expires_at < now() - interval '1 day';
  DELETE FROM reserved_names r WHERE r.reserved_until < now() $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN organizations.reserved_days IS 'For so long a name or address that was somebody else''s is given to nobody; 0: it is free at once.';
  COMMENT ON TABLE reservation_keys IS 'The key of an organization for the names of erased people.';
  COMMENT ON TABLE reserved_names IS 'Names and addresses of erased people, as keyed hashes, until nobody asks for them any more.';
  COMMENT ON FUNCTION reserved_hash(text, text) IS 'A name or address under the key of the organization.';
  COMMENT ON FUNCTION reserve_names(text, text) IS 'Keeps what somebody who is about to be erased was called from being given to somebody else.';
  COMMENT ON FUNCTION refuse_reserved() IS 'A name or address that was somebody else''s until lately is given to nobody, but by directories those of people of directories.';
END $do$;
