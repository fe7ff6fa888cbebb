CREATE TABLE "team_exclusions" (
	"organization_id" text NOT NULL,
	"team_id" text NOT NULL,
	"user_id" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "team_exclusions_organization_id_team_id_user_id_pk" PRIMARY KEY("organization_id","team_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "team_exclusions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "team_exclusions" ADD CONSTRAINT "team_exclusions_organization_id_team_id_teams_organization_id_id_fk" FOREIGN KEY ("organization_id","team_id") REFERENCES "public"."teams"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_exclusions" ADD CONSTRAINT "team_exclusions_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "team_exclusions_user" ON "team_exclusions" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE POLICY "own_organization" ON "team_exclusions" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON team_exclusions TO rolecall_server;
--> statement-breakpoint
CREATE OR REPLACE VIEW people_of_teams WITH (security_invoker = true) AS
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
) x
WHERE NOT EXISTS (SELECT FROM team_exclusions e WHERE e.organization_id = t.organization_id AND e.team_id = t.id
  AND e.user_id = x.user_id);
--> statement-breakpoint
CREATE OR REPLACE VIEW teams_of_people WITH (security_invoker = true) AS
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
) x
WHERE NOT EXISTS (SELECT FROM team_exclusions e WHERE e.organization_id = u.organization_id AND e.team_id = x.team_id
  AND e.user_id = u.id);
--> statement-breakpoint
SELECT history.keep('team_exclusions', ARRAY[]::text[], ARRAY['organization_id, team_id', 'organization_id, user_id']);
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
CREATE FUNCTION keep_administrator_of_exclusions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM check_team(c.organization_id, ARRAY[c.team_id], array_agg(c.user_id), TG_OP = 'INSERT') FROM changed c
    GROUP BY c.organization_id, c.team_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION keep_administrator_of_exclusions() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER INSERT ON team_exclusions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_exclusions();
--> statement-breakpoint
CREATE TRIGGER keep_administrator_of_gone AFTER DELETE ON team_exclusions REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
  EXECUTE FUNCTION keep_administrator_of_exclusions();
--> statement-breakpoint
CREATE TRIGGER prove_team AFTER INSERT OR DELETE ON team_exclusions FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_team();
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE team_exclusions IS 'People who are left out of a team, whatever fills it: by hand, or since an access review took them out.';
  COMMENT ON FUNCTION keep_administrator_of_exclusions() IS 'People were left out of a team, or let in again.';
END $do$;
