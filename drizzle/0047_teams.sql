CREATE TABLE "asset_teams" (
	"organization_id" text NOT NULL,
	"type" text NOT NULL,
	"asset_id" text NOT NULL,
	"team_id" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "asset_teams_organization_id_type_asset_id_team_id_pk" PRIMARY KEY("organization_id","type","asset_id","team_id")
);
--> statement-breakpoint
ALTER TABLE "asset_teams" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "asset_types" (
	"organization_id" text NOT NULL,
	"name" text NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "asset_types_organization_id_name_pk" PRIMARY KEY("organization_id","name")
);
--> statement-breakpoint
ALTER TABLE "asset_types" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "assets" (
	"organization_id" text NOT NULL,
	"type" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"brand_id" text,
	"is_restricted" boolean NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "assets_organization_id_type_id_pk" PRIMARY KEY("organization_id","type","id")
);
--> statement-breakpoint
ALTER TABLE "assets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "team_members" (
	"organization_id" text NOT NULL,
	"team_id" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "team_members_organization_id_team_id_user_id_pk" PRIMARY KEY("organization_id","team_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "team_members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "team_roles" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"team_id" text NOT NULL,
	"role_id" text NOT NULL,
	"brand_id" text,
	"reason" text NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "team_roles_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "team_roles_once" UNIQUE NULLS NOT DISTINCT("organization_id","team_id","role_id","brand_id")
);
--> statement-breakpoint
ALTER TABLE "team_roles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "team_sources" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"team_id" text NOT NULL,
	"group_id" text,
	"filter" text,
	"filter_path" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "team_sources_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "team_sources_once" UNIQUE NULLS NOT DISTINCT("organization_id","team_id","group_id","filter"),
	CONSTRAINT "team_sources_group_or_filter" CHECK ((group_id is null) = (filter is not null) and (filter is null) = (filter_path is null))
);
--> statement-breakpoint
ALTER TABLE "team_sources" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "teams" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"brand_id" text,
	"parent_id" text,
	"leader_id" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "teams_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "teams_name" UNIQUE NULLS NOT DISTINCT("organization_id","brand_id","name_key")
);
--> statement-breakpoint
ALTER TABLE "teams" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "asset_teams" ADD CONSTRAINT "asset_teams_organization_id_type_asset_id_assets_organization_id_type_id_fk" FOREIGN KEY ("organization_id","type","asset_id") REFERENCES "public"."assets"("organization_id","type","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_teams" ADD CONSTRAINT "asset_teams_organization_id_team_id_teams_organization_id_id_fk" FOREIGN KEY ("organization_id","team_id") REFERENCES "public"."teams"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_types" ADD CONSTRAINT "asset_types_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_organization_id_type_asset_types_organization_id_name_fk" FOREIGN KEY ("organization_id","type") REFERENCES "public"."asset_types"("organization_id","name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_organization_id_brand_id_brands_organization_id_id_fk" FOREIGN KEY ("organization_id","brand_id") REFERENCES "public"."brands"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_team_id_teams_organization_id_id_fk" FOREIGN KEY ("organization_id","team_id") REFERENCES "public"."teams"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_team_id_teams_organization_id_id_fk" FOREIGN KEY ("organization_id","team_id") REFERENCES "public"."teams"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_role_id_roles_organization_id_id_fk" FOREIGN KEY ("organization_id","role_id") REFERENCES "public"."roles"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_roles" ADD CONSTRAINT "team_roles_organization_id_brand_id_brands_organization_id_id_fk" FOREIGN KEY ("organization_id","brand_id") REFERENCES "public"."brands"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_sources" ADD CONSTRAINT "team_sources_organization_id_team_id_teams_organization_id_id_fk" FOREIGN KEY ("organization_id","team_id") REFERENCES "public"."teams"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_sources" ADD CONSTRAINT "team_sources_organization_id_group_id_groups_organization_id_id_fk" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_brand_id_brands_organization_id_id_fk" FOREIGN KEY ("organization_id","brand_id") REFERENCES "public"."brands"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_within" FOREIGN KEY ("organization_id","parent_id") REFERENCES "public"."teams"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_leader_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","leader_id") REFERENCES "public"."users"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "asset_teams_team" ON "asset_teams" USING btree ("organization_id","team_id");--> statement-breakpoint
CREATE INDEX "assets_brand" ON "assets" USING btree ("organization_id","brand_id","type","id");--> statement-breakpoint
CREATE INDEX "team_members_user" ON "team_members" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "team_roles_role" ON "team_roles" USING btree ("organization_id","role_id");--> statement-breakpoint
CREATE INDEX "team_roles_brand" ON "team_roles" USING btree ("organization_id","brand_id");--> statement-breakpoint
CREATE INDEX "team_sources_group" ON "team_sources" USING btree ("organization_id","group_id") WHERE group_id is not null;--> statement-breakpoint
CREATE INDEX "team_sources_filter" ON "team_sources" USING btree ("organization_id") WHERE filter_path is not null;--> statement-breakpoint
CREATE INDEX "teams_brand" ON "teams" USING btree ("organization_id","brand_id");--> statement-breakpoint
CREATE INDEX "teams_parent" ON "teams" USING btree ("organization_id","parent_id") WHERE parent_id is not null;--> statement-breakpoint
CREATE INDEX "teams_leader" ON "teams" USING btree ("organization_id","leader_id") WHERE leader_id is not null;--> statement-breakpoint
CREATE POLICY "own_organization" ON "asset_teams" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "asset_types" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "assets" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "team_members" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "team_roles" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "team_sources" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "teams" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
-- Who is in which team, and how: from the teams down to their people.
CREATE VIEW people_of_teams WITH (security_invoker = true) AS
SELECT t.organization_id, t.id AS team_id, t.parent_id, x.user_id, x.way, x.source_id
FROM teams t
CROSS JOIN LATERAL (
  SELECT t.leader_id AS user_id, 'leader' AS way, NULL::text AS source_id WHERE t.leader_id IS NOT NULL
  UNION ALL
  SELECT m.user_id, 'hand', NULL FROM team_members m WHERE m.organization_id = t.organization_id AND m.team_id = t.id
  UNION ALL
  SELECT reached.user_id, 'group', s.id FROM team_sources s
  CROSS JOIN LATERAL (
    WITH RECURSIVE below (group_id) AS (
      SELECT s.group_id
      UNION SELECT n.child_group_id FROM below
      JOIN group_nestings n ON n.organization_id = s.organization_id AND n.group_id = below.group_id)
    SELECT DISTINCT gm.user_id FROM below
    JOIN group_members gm ON gm.organization_id = s.organization_id AND gm.group_id = below.group_id
  ) reached
  WHERE s.organization_id = t.organization_id AND s.team_id = t.id AND s.group_id IS NOT NULL
  UNION ALL
  SELECT u.id, 'filter', s.id FROM team_sources s JOIN users u ON u.organization_id = s.organization_id
  WHERE s.organization_id = t.organization_id AND s.team_id = t.id AND s.filter_path IS NOT NULL
    AND jsonb_path_match(user_document(u), s.filter_path::jsonpath, '{}', true)
) x;
--> statement-breakpoint
-- The same from the people up to their teams.
CREATE VIEW teams_of_people WITH (security_invoker = true) AS
SELECT u.organization_id, u.id AS user_id, x.team_id, x.way, x.source_id
FROM users u
CROSS JOIN LATERAL (
  SELECT t.id AS team_id, 'leader' AS way, NULL::text AS source_id FROM teams t
  WHERE t.organization_id = u.organization_id AND t.leader_id = u.id
  UNION ALL
  SELECT m.team_id, 'hand', NULL FROM team_members m WHERE m.organization_id = u.organization_id AND m.user_id = u.id
  UNION ALL
  SELECT s.team_id, 'group', s.id FROM (
    WITH RECURSIVE climbed (group_id) AS (
      SELECT gm.group_id FROM group_members gm WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
      UNION SELECT n.group_id FROM climbed
      JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed.group_id)
    SELECT group_id FROM climbed
  ) reached
  JOIN team_sources s ON s.organization_id = u.organization_id AND s.group_id = reached.group_id
  UNION ALL
  SELECT s.team_id, 'filter', s.id FROM team_sources s
  WHERE s.organization_id = u.organization_id AND s.filter_path IS NOT NULL
    AND jsonb_path_match(user_document(u), s.filter_path::jsonpath, '{}', true)
) x;
--> statement-breakpoint
-- What the roles of teams give, from the roles down to the people: for questions about a role or a brand.
CREATE VIEW holders_by_team WITH (security_invoker = true) AS
SELECT r.organization_id, p.user_id, r.id AS team_role_id, r.role_id, r.brand_id, r.expires_at
FROM team_roles r
JOIN people_of_teams p ON p.organization_id = r.organization_id AND r.team_id IN (p.team_id, p.parent_id)
WHERE r.expires_at IS NULL OR r.expires_at > now();
--> statement-breakpoint
-- The same from the people up: for questions about somebody.
CREATE VIEW holdings_by_team WITH (security_invoker = true) AS
SELECT p.organization_id, p.user_id, r.id AS team_role_id, r.team_id, r.role_id, r.brand_id, r.reason, r.expires_at
FROM teams_of_people p
JOIN teams t ON t.organization_id = p.organization_id AND t.id = p.team_id
JOIN team_roles r ON r.organization_id = p.organization_id AND r.team_id IN (t.id, t.parent_id)
WHERE r.expires_at IS NULL OR r.expires_at > now();
--> statement-breakpoint
-- Who holds what, and through what: by a group that is mapped, by a filter that they satisfy, directly, or by a team.
CREATE OR REPLACE VIEW effective_assignments WITH (security_invoker = true) AS
 SELECT u.organization_id,
    u.id AS user_id,
    m.role_id,
    m.brand_id,
    'mapping'::text AS source,
    m.id AS source_id,
    reached.path AS group_path,
    NULL::text AS reason,
    NULL::timestamp with time zone AS expires_at,
    NULL::text AS filter
   FROM users u
     -- Once a person, and not once a mapping: there is hardly ever any.
     CROSS JOIN LATERAL (SELECT ARRAY(SELECT t.mapping_id FROM review_tasks t WHERE t.organization_id = u.organization_id
         AND t.user_id = u.id AND t.status = 'open') AS mappings OFFSET 0) held_back
     CROSS JOIN LATERAL ( WITH RECURSIVE climbed(group_id, path) AS (
                 SELECT gm.group_id,
                    ARRAY[gm.group_id] AS "array"
                   FROM group_members gm
                  WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
                UNION ALL
                 SELECT n.group_id,
                    climbed_1.path || n.group_id
                   FROM climbed climbed_1
                     JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed_1.group_id
                  WHERE n.group_id <> ALL (climbed_1.path)
                )
         SELECT climbed.group_id,
            climbed.path
           FROM climbed) reached
     JOIN mappings m ON m.organization_id = u.organization_id AND m.group_id = reached.group_id
  WHERE m.id <> ALL (held_back.mappings)
UNION ALL
 SELECT u.organization_id,
    u.id AS user_id,
    m.role_id,
    m.brand_id,
    'mapping'::text AS source,
    m.id AS source_id,
    NULL::text[] AS group_path,
    NULL::text AS reason,
    NULL::timestamp with time zone AS expires_at,
    m.filter
   FROM users u
     CROSS JOIN LATERAL (SELECT ARRAY(SELECT t.mapping_id FROM review_tasks t WHERE t.organization_id = u.organization_id
         AND t.user_id = u.id AND t.status = 'open') AS mappings OFFSET 0) held_back
     JOIN mappings m ON m.organization_id = u.organization_id AND m.filter_path IS NOT NULL
  WHERE jsonb_path_match(user_document(u.*), m.filter_path::jsonpath, '{}'::jsonb, true)
    AND m.id <> ALL (held_back.mappings)
UNION ALL
 SELECT a.organization_id,
    a.user_id,
    a.role_id,
    a.brand_id,
    'direct'::text AS source,
    a.id AS source_id,
    NULL::text[] AS group_path,
    a.reason,
    a.expires_at,
    NULL::text AS filter
   FROM assignments a
  WHERE (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now())
UNION ALL
 SELECT DISTINCT h.organization_id,
    h.user_id,
    h.role_id,
    h.brand_id,
    'team'::text AS source,
    h.team_role_id,
    NULL::text[] AS group_path,
    h.reason,
    h.expires_at,
    NULL::text AS filter
   FROM holdings_by_team h;
--> statement-breakpoint
-- The last administrator: whoever holds everything by a team counts as anybody else who does.
CREATE OR REPLACE FUNCTION holders_of_everything(p_organization_id text) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH holders AS (
    SELECT gm.user_id FROM groups_below(p_organization_id, ARRAY(
        SELECT m.group_id FROM mappings m WHERE m.organization_id = p_organization_id AND m.brand_id IS NULL
          AND m.group_id IS NOT NULL AND is_administrator_role(p_organization_id, m.role_id))) b
      JOIN group_members gm ON gm.organization_id = p_organization_id AND gm.group_id = b.group_id
    UNION
    SELECT a.user_id FROM assignments a
      JOIN role_permissions rp ON rp.organization_id = a.organization_id AND rp.role_id = a.role_id
        AND rp.effect = 'allow' AND rp.permission = '*'
      WHERE a.organization_id = p_organization_id AND a.brand_id IS NULL
        AND (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now())
    UNION
    SELECT t.user_id FROM holders_by_team t WHERE t.organization_id = p_organization_id AND t.brand_id IS NULL
      AND is_administrator_role(p_organization_id, t.role_id))
  SELECT h.user_id FROM holders h WHERE is_working(p_organization_id, h.user_id) $$;
--> statement-breakpoint
-- Of the roles that people of these teams hold by them: whether one matters; whether one may do everything; and whether that one has
-- no end.
CREATE FUNCTION teams_matter(p_organization_id text, p_team_ids text[])
  RETURNS TABLE (matters boolean, administers boolean, lasting boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(bool_or(matters_to_administrators(r.organization_id, r.role_id)), false),
    coalesce(bool_or(is_administrator_role(r.organization_id, r.role_id)), false),
    coalesce(bool_or(r.expires_at IS NULL AND is_administrator_role(r.organization_id, r.role_id)), false)
  FROM team_roles r WHERE r.organization_id = p_organization_id AND r.brand_id IS NULL
    AND (r.expires_at IS NULL OR r.expires_at > now())
    AND r.team_id IN (SELECT unnest(ARRAY[t.id, t.parent_id]) FROM teams t
      WHERE t.organization_id = p_organization_id AND t.id = ANY (p_team_ids)) $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION group_matters(p_organization_id text, p_group_id text) RETURNS TABLE (matters boolean, administers boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH above AS (SELECT a.group_id FROM groups_above(p_organization_id, ARRAY[p_group_id]) a)
  SELECT coalesce(bool_or(x.matters), false), coalesce(bool_or(x.administers), false) FROM (
    SELECT matters_to_administrators(m.organization_id, m.role_id) AS matters,
      is_administrator_role(m.organization_id, m.role_id) AS administers
    FROM above a JOIN mappings m ON m.organization_id = p_organization_id AND m.group_id = a.group_id AND m.brand_id IS NULL
    UNION ALL
    SELECT t.matters, t.administers FROM teams_matter(p_organization_id, ARRAY(SELECT s.team_id FROM above a
      JOIN team_sources s ON s.organization_id = p_organization_id AND s.group_id = a.group_id)) t) x $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_attributes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF (EXISTS (SELECT FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.filter_path IS NOT NULL
        AND m.brand_id IS NULL AND matters_to_administrators(m.organization_id, m.role_id))
      OR EXISTS (SELECT FROM team_sources s CROSS JOIN LATERAL teams_matter(s.organization_id, ARRAY[s.team_id]) t
        WHERE s.organization_id = NEW.organization_id AND s.filter_path IS NOT NULL AND t.matters))
    AND is_working(NEW.organization_id, NEW.id)
  THEN PERFORM check_restriction(NEW.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_administrator_of_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_lasting boolean;
BEGIN
  SELECT bool_or(h.lasting) INTO v_lasting FROM (
    SELECT a.expires_at IS NULL AS lasting FROM assignments a WHERE a.organization_id = OLD.organization_id
      AND a.role_id = OLD.role_id AND a.brand_id IS NULL AND is_working(a.organization_id, a.user_id)
    UNION ALL
    SELECT true FROM mappings m CROSS JOIN LATERAL groups_below(m.organization_id, ARRAY[m.group_id]) b
      JOIN group_members gm ON gm.organization_id = m.organization_id AND gm.group_id = b.group_id
      WHERE m.organization_id = OLD.organization_id AND m.role_id = OLD.role_id AND m.brand_id IS NULL
        AND m.group_id IS NOT NULL AND is_working(m.organization_id, gm.user_id)
    UNION ALL
    SELECT t.expires_at IS NULL FROM holders_by_team t WHERE t.organization_id = OLD.organization_id
      AND t.role_id = OLD.role_id AND t.brand_id IS NULL AND is_working(t.organization_id, t.user_id)) h;
  IF v_lasting IS NOT NULL THEN PERFORM check_administrators(OLD.organization_id, v_lasting); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- A team's role came, went or changed. What the cascade of a foreign key takes is gone before any trigger looks at it, so that a verb
-- that deletes a team takes its roles and people first.
CREATE FUNCTION keep_administrator_of_team_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row team_roles := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF (TG_OP <> 'INSERT' OR has_restrictions(v_row.organization_id))
    AND matters_to_administrators(v_row.organization_id, v_row.role_id)
    AND EXISTS (SELECT FROM people_of_teams p WHERE p.organization_id = v_row.organization_id
      AND v_row.team_id IN (p.team_id, p.parent_id) AND is_working(p.organization_id, p.user_id))
  THEN
    IF TG_OP <> 'INSERT' AND is_administrator_role(v_row.organization_id, v_row.role_id)
    THEN PERFORM check_administrators(v_row.organization_id, v_row.expires_at IS NULL);
    ELSE PERFORM check_restriction(v_row.organization_id); END IF;
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE OR UPDATE ON team_roles FOR EACH ROW WHEN (OLD.brand_id IS NULL)
  EXECUTE FUNCTION keep_administrator_of_team_role();
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON team_roles FOR EACH ROW WHEN (NEW.brand_id IS NULL)
  EXECUTE FUNCTION keep_administrator_of_team_role();
--> statement-breakpoint
-- Asks for the check where one of these people, who is in the team no longer or only now, may have held something by it.
CREATE FUNCTION check_team(p_organization_id text, p_team_ids text[], p_user_ids text[], p_is_loss boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_roles record;
BEGIN
  IF NOT p_is_loss AND NOT has_restrictions(p_organization_id) THEN RETURN; END IF;
  SELECT * INTO v_roles FROM teams_matter(p_organization_id, p_team_ids);
  IF NOT v_roles.matters OR NOT EXISTS (SELECT FROM unnest(p_user_ids) u (id) WHERE is_working(p_organization_id, u.id))
  THEN RETURN; END IF;
  IF p_is_loss AND v_roles.administers THEN PERFORM check_administrators(p_organization_id, v_roles.lasting);
  ELSE PERFORM check_restriction(p_organization_id); END IF;
END
$$;
--> statement-breakpoint
-- People were added to a team, or taken out. Once a statement and team, however many.
CREATE FUNCTION keep_administrator_of_team_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM check_team(c.organization_id, ARRAY[c.team_id], array_agg(c.user_id), TG_OP = 'DELETE') FROM changed c
    GROUP BY c.organization_id, c.team_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER DELETE ON team_members REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_team_members();
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_new AFTER INSERT ON team_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_team_members();
--> statement-breakpoint
-- A group or a filter fills a team, or does so no longer. Whoever holds everything does not hold it by a filter.
CREATE FUNCTION keep_administrator_of_team_source() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row team_sources := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF v_row.group_id IS NOT NULL THEN
    PERFORM check_team(v_row.organization_id, ARRAY[v_row.team_id], ARRAY(SELECT gm.user_id
      FROM groups_below(v_row.organization_id, ARRAY[v_row.group_id]) b
      JOIN group_members gm ON gm.organization_id = v_row.organization_id AND gm.group_id = b.group_id), TG_OP = 'DELETE');
  ELSIF (SELECT t.matters FROM teams_matter(v_row.organization_id, ARRAY[v_row.team_id]) t)
  THEN PERFORM check_restriction(v_row.organization_id); END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER INSERT OR DELETE ON team_sources FOR EACH ROW
  EXECUTE FUNCTION keep_administrator_of_team_source();
--> statement-breakpoint
-- A team has another leader, or is within another team.
CREATE FUNCTION keep_administrator_of_team() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.leader_id IS DISTINCT FROM NEW.leader_id THEN
    PERFORM check_team(NEW.organization_id, ARRAY[OLD.id], ARRAY[OLD.leader_id], true);
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.parent_id IS DISTINCT FROM NEW.parent_id THEN
    PERFORM check_team(NEW.organization_id, ARRAY[OLD.parent_id], ARRAY(SELECT p.user_id FROM people_of_teams p
      WHERE p.organization_id = NEW.organization_id AND p.team_id = NEW.id), true);
  END IF;
  PERFORM check_team(NEW.organization_id, ARRAY[NEW.id], ARRAY(SELECT p.user_id FROM people_of_teams p
    WHERE p.organization_id = NEW.organization_id AND p.team_id = NEW.id), false);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER INSERT OR UPDATE OF leader_id, parent_id ON teams FOR EACH ROW
  EXECUTE FUNCTION keep_administrator_of_team();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION manages_something(p_permission text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM unnest(ARRAY['users.read', 'users.invite', 'users.manage', 'teams.manage', 'roles.assign',
      'roles.manage', 'brands.create', 'brands.manage', 'settings.view', 'settings.manage', 'settings.integrations', 'audit.view',
      'audit.write']) wanted
    WHERE permission_covers(p_permission, wanted)) $$;
--> statement-breakpoint
-- Whether somebody in one of these teams holds a role by it that lets them manage something.
CREATE FUNCTION teams_manage(p_organization_id text, p_team_ids text[]) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM team_roles r WHERE r.organization_id = p_organization_id
    AND is_managing_role(p_organization_id, r.role_id)
    AND r.team_id IN (SELECT unnest(ARRAY[t.id, t.parent_id]) FROM teams t
      WHERE t.organization_id = p_organization_id AND t.id = ANY (p_team_ids))) $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION prove_membership() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row record;
  v_above text[];
BEGIN
  IF TG_OP = 'DELETE' THEN v_row := OLD; ELSE v_row := NEW; END IF;
  v_above := ARRAY(SELECT a.group_id FROM groups_above(v_row.organization_id, ARRAY[v_row.group_id]) a);
  IF EXISTS (SELECT FROM mappings m WHERE m.organization_id = v_row.organization_id AND m.group_id = ANY (v_above)
      AND is_managing_role(m.organization_id, m.role_id))
    OR teams_manage(v_row.organization_id, ARRAY(SELECT s.team_id FROM team_sources s
      WHERE s.organization_id = v_row.organization_id AND s.group_id = ANY (v_above)))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION prove_attributes() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM (
      SELECT m.filter_path FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.filter_path IS NOT NULL
        AND is_managing_role(m.organization_id, m.role_id)
      UNION SELECT s.filter_path FROM team_sources s WHERE s.organization_id = NEW.organization_id
        AND s.filter_path IS NOT NULL AND teams_manage(s.organization_id, ARRAY[s.team_id])) f
    WHERE (jsonb_path_match(user_document(NEW), f.filter_path::jsonpath, '{}', true) IS TRUE)
      IS DISTINCT FROM (TG_OP = 'UPDATE'
        AND jsonb_path_match(user_document(OLD), f.filter_path::jsonpath, '{}', true) IS TRUE))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Who comes into a team, or leaves it, where that lets people manage something.
CREATE FUNCTION prove_team() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  v_row record;
BEGIN
  IF TG_OP = 'DELETE' THEN v_row := OLD; ELSE v_row := NEW; END IF;
  IF TG_TABLE_NAME <> 'teams' THEN
    IF teams_manage(v_row.organization_id, ARRAY[v_row.team_id]) THEN PERFORM refuse_stale_proof(); END IF;
  ELSIF teams_manage(v_row.organization_id, ARRAY[v_row.id, v_row.parent_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.parent_id END])
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_role_given AFTER INSERT OR DELETE OR UPDATE ON team_roles FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_role_given();
--> statement-breakpoint
CREATE TRIGGER prove_team AFTER INSERT OR DELETE ON team_members FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_team();
--> statement-breakpoint
CREATE TRIGGER prove_team AFTER INSERT OR DELETE ON team_sources FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_team();
--> statement-breakpoint
CREATE TRIGGER prove_team AFTER INSERT OR UPDATE OF leader_id, parent_id ON teams FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_team();
--> statement-breakpoint
-- An emergency account gets nothing but what was sealed.
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON team_members FOR EACH ROW EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_losses(p_directory_id text, p_kind text, p_user_ids text[], p_group_id text, p_child_group_id text, p_now timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  p_organization_id text := current_setting('rolecall.organization_id');
  v_directory directories;
  v_counts boolean;
  v_last timestamptz;
  v_wave text;
  v_since timestamptz;
  v_people integer;
  v_began timestamptz;
  v_alarm text;
BEGIN
  IF p_directory_id IS NULL OR cardinality(p_user_ids) = 0 THEN RETURN NULL; END IF;
  SELECT d.* INTO v_directory FROM directories d WHERE d.organization_id = p_organization_id AND d.id = p_directory_id;
  -- Of a group counts what gives a role: a mapping, or a team that it fills and that holds one, or is within one that does.
  v_counts := p_group_id IS NULL OR EXISTS (SELECT FROM groups_above(p_organization_id, ARRAY[p_group_id]) a
    WHERE EXISTS (SELECT FROM mappings m WHERE m.organization_id = p_organization_id AND m.group_id = a.group_id)
      OR EXISTS (SELECT FROM team_sources s
        JOIN teams t ON t.organization_id = s.organization_id AND t.id = s.team_id
        JOIN team_roles r ON r.organization_id = s.organization_id AND r.team_id IN (t.id, t.parent_id)
        WHERE s.organization_id = p_organization_id AND s.group_id = a.group_id));
  SELECT l.occurred_at INTO v_last FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id ORDER BY l.occurred_at DESC LIMIT 1;
  SELECT m.id INTO v_wave FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
  IF v_last < p_now - interval '10 minutes' THEN
    UPDATE mass_changes m SET ended_at = v_last
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
END $function$;
--> statement-breakpoint
-- The mirror of what says who holds what, with the views of teams that effective_assignments reads.
CREATE OR REPLACE FUNCTION history.mirror() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
  v_document text := pg_get_functiondef('public.user_document(users)'::regprocedure);
  v_names text[] := ARRAY['people_of_teams', 'teams_of_people', 'holders_by_team', 'holdings_by_team', 'effective_assignments'];
  v_views text[] := ARRAY(SELECT pg_get_viewdef(('public.' || n.name)::regclass)
    FROM unnest(v_names) WITH ORDINALITY n (name, at) ORDER BY n.at);
BEGIN
  PERFORM set_config('search_path', 'past, pg_catalog, public', true);
  EXECUTE replace(replace(v_document, 'FUNCTION public.', 'FUNCTION past.'), '(u users)', '(u past.users)');
  FOR i IN 1..cardinality(v_names) LOOP
    EXECUTE format('CREATE OR REPLACE VIEW past.%I WITH (security_invoker = true) AS %s', v_names[i], v_views[i]);
    EXECUTE format('GRANT SELECT ON past.%I TO rolecall_server', v_names[i]);
  END LOOP;
END $$;
--> statement-breakpoint
SELECT history.keep('teams', ARRAY['name', 'brand_id', 'parent_id', 'leader_id'],
    ARRAY['organization_id, id', 'organization_id, parent_id', 'organization_id, leader_id']),
  history.keep('team_members', ARRAY[]::text[], ARRAY['organization_id, user_id', 'organization_id, team_id']),
  history.keep('team_sources', ARRAY[]::text[], ARRAY['organization_id, team_id', 'organization_id, group_id']),
  history.keep('team_roles', ARRAY['reason', 'expires_at'],
    ARRAY['organization_id, team_id', 'organization_id, role_id', 'organization_id, id']),
  history.keep('assets', ARRAY['name', 'brand_id', 'is_restricted'], ARRAY['organization_id, type, id']),
  history.keep('asset_teams', ARRAY[]::text[], ARRAY['organization_id, type, asset_id', 'organization_id, team_id']);
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON teams, team_members, team_sources, team_roles, asset_types, assets, asset_teams
  TO rolecall_server;
--> statement-breakpoint
GRANT SELECT ON people_of_teams, teams_of_people, holders_by_team, holdings_by_team TO rolecall_server;
--> statement-breakpoint
REVOKE ALL ON FUNCTION teams_matter(text, text[]), check_team(text, text[], text[], boolean) FROM PUBLIC;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE teams IS 'People of the organization, or of one brand, who hold something together. A team within another has no teams of its own.';
  COMMENT ON TABLE team_members IS 'People who were added to a team by hand.';
  COMMENT ON TABLE team_sources IS 'What else fills a team: the members of a group, or whoever satisfies a filter. Computed, never copied.';
  COMMENT ON TABLE team_roles IS 'Everybody in the team, and in the teams within it, holds this role: for a reason, until a date.';
  COMMENT ON TABLE asset_types IS 'Kinds of things that host applications keep: libraries, campaigns, dashboards, accounts.';
  COMMENT ON TABLE assets IS 'One of them, by the application''s own id. is_restricted: for the teams of asset_teams alone; without any, for nobody but whoever holds everything.';
  COMMENT ON TABLE asset_teams IS 'The teams that a restricted asset is for.';
  COMMENT ON VIEW people_of_teams IS 'Who is in which team, and how (leader, hand, group, filter): from the teams down to their people.';
  COMMENT ON VIEW teams_of_people IS 'Who is in which team, and how: from the people up to their teams.';
  COMMENT ON VIEW holders_by_team IS 'What the roles of teams give, from the roles down to the people: for questions about a role or a brand.';
  COMMENT ON VIEW holdings_by_team IS 'What the roles of teams give, from the people up: for questions about somebody.';
  COMMENT ON VIEW effective_assignments IS 'Who holds what, and through what: by a group that is mapped (group_path leads from the group that somebody is a member of to the mapped one), by a filter that they satisfy, directly, or by a team that they are in. Computed, never copied; a condition on user_id reaches the users table, so that one person''s access costs what that person has.';
  COMMENT ON FUNCTION teams_matter(text, text[]) IS 'Of the roles that people of these teams hold by them: whether one matters, whether one may do everything, and whether that one has no end.';
  COMMENT ON FUNCTION check_team(text, text[], text[], boolean) IS 'Asks for the check where one of these people, who is in the team no longer or only now, may have held something by it.';
  COMMENT ON FUNCTION keep_administrator_of_team_role() IS 'A role of a team came, went or changed.';
  COMMENT ON FUNCTION keep_administrator_of_team_members() IS 'People were added to a team, or taken out. Once a statement and team, however many.';
  COMMENT ON FUNCTION keep_administrator_of_team_source() IS 'A group or a filter fills a team, or does so no longer.';
  COMMENT ON FUNCTION keep_administrator_of_team() IS 'A team has another leader, or is within another team.';
  COMMENT ON FUNCTION teams_manage(text, text[]) IS 'Whether somebody in one of these teams holds a role by it that lets them manage something.';
  COMMENT ON FUNCTION prove_team() IS 'Who comes into a team, or leaves it, where that lets people manage something.';
  COMMENT ON FUNCTION prove_role_given() IS 'Assignments, mappings and roles of teams, of roles that manage.';
  COMMENT ON FUNCTION prove_membership() IS 'Groups that give a role that manages, by themselves, by what they belong to, or by a team that they fill.';
  COMMENT ON FUNCTION prove_attributes() IS 'Mappings and teams by filter give roles by what is written of a person.';
END $do$;
