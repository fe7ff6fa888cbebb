CREATE TABLE "access_digest_people" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	CONSTRAINT "access_digest_people_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "access_digest_people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "access_digests" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"pace" text NOT NULL,
	"told_from" timestamp(3) with time zone NOT NULL,
	"told_until" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "access_digests" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "access_digest_people" ADD CONSTRAINT "access_digest_people_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_digests" ADD CONSTRAINT "access_digests_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "group_members_recorded" ON "group_members" USING btree ("organization_id","recorded_at");--> statement-breakpoint
CREATE INDEX "users_recorded" ON "users" USING btree ("organization_id","recorded_at");--> statement-breakpoint
CREATE POLICY "own_organization" ON "access_digest_people" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "access_digests" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
CREATE INDEX users_until ON history.users (organization_id, valid_to);
--> statement-breakpoint
CREATE INDEX group_members_until ON history.group_members (organization_id, valid_to);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON access_digests, access_digest_people TO rolecall_server;
--> statement-breakpoint
-- Whoever has an organization already is not surprised by mails to all of its people.
INSERT INTO access_digests (organization_id, pace, told_from, told_until) SELECT id, 'off', now(), now() FROM organizations;
--> statement-breakpoint
-- Whose access may have changed since then by anything but an assignment of their own. A superset: what was undone, and what
-- changes nothing for somebody, shows in the comparison of the two moments. The cost is that of the changes and of the people
-- whom they concern.
CREATE FUNCTION people_with_changed_access(p_from timestamptz) RETURNS TABLE (user_id text) LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  WITH RECURSIVE o AS (SELECT current_setting('rolecall.organization_id') AS id),
  roles_then AS (
    SELECT p.role_id FROM role_permissions p, o WHERE p.organization_id = o.id AND p.recorded_at > p_from
    UNION SELECT h.role_id FROM history.role_permissions h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  -- In all versions that were in force since.
  mappings_then AS (
    SELECT m.group_id, m.filter_path FROM mappings m, o WHERE m.organization_id = o.id
      AND (m.recorded_at > p_from OR m.role_id IN (SELECT role_id FROM roles_then))
    UNION SELECT h.group_id, h.filter_path FROM history.mappings h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  sources_then AS (
    SELECT s.group_id, s.filter_path FROM team_sources s, o WHERE s.organization_id = o.id AND s.recorded_at > p_from
    UNION SELECT h.group_id, h.filter_path FROM history.team_sources h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  nestings_then AS (
    SELECT n.group_id, n.child_group_id FROM group_nestings n, o WHERE n.organization_id = o.id AND n.recorded_at > p_from
    UNION SELECT h.group_id, h.child_group_id FROM history.group_nestings h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  teams_then AS (
    SELECT t.id AS team_id, t.leader_id FROM teams t, o WHERE t.organization_id = o.id AND t.recorded_at > p_from
    UNION SELECT h.id, h.leader_id FROM history.teams h, o WHERE h.organization_id = o.id AND h.valid_to > p_from
    UNION SELECT r.team_id, NULL FROM team_roles r, o WHERE r.organization_id = o.id AND (r.recorded_at > p_from
      OR r.role_id IN (SELECT role_id FROM roles_then) OR (r.expires_at > p_from AND r.expires_at <= now()))
    UNION SELECT h.team_id, NULL FROM history.team_roles h, o WHERE h.organization_id = o.id AND h.valid_to > p_from),
  filters AS (SELECT filter_path FROM mappings_then UNION SELECT filter_path FROM sources_then),
  -- The groups that give something, with those that belong to them, now or since.
  giving (group_id) AS (
    SELECT x.group_id FROM (
      SELECT m.group_id FROM mappings m, o WHERE m.organization_id = o.id
      UNION SELECT s.group_id FROM team_sources s, o WHERE s.organization_id = o.id
      UNION SELECT group_id FROM mappings_then UNION SELECT group_id FROM sources_then) x WHERE x.group_id IS NOT NULL
    UNION SELECT n.child_group_id FROM giving g JOIN (
      SELECT y.group_id, y.child_group_id FROM group_nestings y, o WHERE y.organization_id = o.id
      UNION SELECT group_id, child_group_id FROM nestings_then) n ON n.group_id = g.group_id),
  changed (group_id) AS (
    SELECT x.group_id FROM (
      SELECT group_id FROM mappings_then UNION SELECT group_id FROM sources_then
      UNION SELECT child_group_id FROM nestings_then WHERE child_group_id IN (SELECT group_id FROM giving)) x
      WHERE x.group_id IS NOT NULL
    UNION SELECT n.child_group_id FROM changed c JOIN (
      SELECT y.group_id, y.child_group_id FROM group_nestings y, o WHERE y.organization_id = o.id
      UNION SELECT group_id, child_group_id FROM nestings_then) n ON n.group_id = c.group_id)
  SELECT m.user_id FROM o JOIN group_members m ON m.organization_id = o.id WHERE m.group_id IN (SELECT group_id FROM changed)
  UNION SELECT m.user_id FROM o JOIN group_members m ON m.organization_id = o.id
    WHERE m.recorded_at > p_from AND m.group_id IN (SELECT group_id FROM giving)
  UNION SELECT h.user_id FROM o JOIN history.group_members h ON h.organization_id = o.id
    WHERE h.valid_to > p_from AND h.group_id IN (SELECT group_id FROM giving)
  UNION SELECT m.user_id FROM o JOIN team_members m ON m.organization_id = o.id WHERE m.recorded_at > p_from
  UNION SELECT h.user_id FROM o JOIN history.team_members h ON h.organization_id = o.id WHERE h.valid_to > p_from
  UNION SELECT p.user_id FROM o JOIN people_of_teams p ON p.organization_id = o.id
    WHERE p.team_id IN (SELECT team_id FROM teams_then) OR p.parent_id IN (SELECT team_id FROM teams_then)
  UNION SELECT t.leader_id FROM teams_then t WHERE t.leader_id IS NOT NULL
  UNION SELECT a.user_id FROM o JOIN assignments a ON a.organization_id = o.id
    WHERE a.role_id IN (SELECT role_id FROM roles_then)
  UNION SELECT t.user_id FROM o JOIN review_tasks t ON t.organization_id = o.id WHERE t.recorded_at > p_from
  UNION SELECT h.user_id FROM o JOIN history.review_tasks h ON h.organization_id = o.id WHERE h.valid_to > p_from
  UNION SELECT u.id FROM filters f, o JOIN users u ON u.organization_id = o.id
    WHERE f.filter_path IS NOT NULL AND jsonb_path_match(user_document(u), f.filter_path::jsonpath, '{}', true)
  UNION SELECT u.id FROM o JOIN users u ON u.organization_id = o.id WHERE u.recorded_at > p_from
    AND (EXISTS (SELECT FROM mappings m WHERE m.organization_id = o.id AND m.filter_path IS NOT NULL)
      OR EXISTS (SELECT FROM team_sources s WHERE s.organization_id = o.id AND s.filter_path IS NOT NULL)) $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION people_with_changed_access(timestamptz) TO rolecall_server;
--> statement-breakpoint
-- The digest is due once its time has passed, and goes on while there is somebody whom it has not come to. What is younger than
-- five minutes waits, so that the last word of a change is told, and no transaction is still under way with an older one.
CREATE OR REPLACE FUNCTION organizations_with_lifecycles() RETURNS TABLE (organization_id text, kind text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.organization_id, 'inactivity' FROM inactivity_rules r JOIN organizations o ON o.id = r.organization_id
    WHERE r.status = 'on' AND o.status = 'active' AND (r.ran_at IS NULL OR r.ran_at < now() - interval '1 day')
  UNION ALL
  SELECT o.id, 'access_digest' FROM organizations o LEFT JOIN access_digests d ON d.organization_id = o.id
    WHERE o.status = 'active' AND coalesce(d.pace, 'daily') <> 'off'
      AND (coalesce(d.told_until, o.created_at) <= now() - interval '5 minutes'
          - CASE d.pace WHEN 'hourly' THEN interval '1 hour' ELSE interval '1 day' END
        OR EXISTS (SELECT FROM access_digest_people p WHERE p.organization_id = o.id)) $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE access_digests IS 'How often people are told what has changed of their access through groups, mappings, teams, roles and filters; what happened between the two moments is being told, or has been.';
  COMMENT ON TABLE access_digest_people IS 'People whom something may concern that happened between those moments, and who were not looked at yet.';
  COMMENT ON FUNCTION people_with_changed_access(timestamptz) IS 'Whose access may have changed since then by anything but an assignment of their own: a superset of those for whom the two moments differ.';
  COMMENT ON FUNCTION organizations_with_lifecycles() IS 'Where the rule on inactivity is to run, and where people are to be told what has changed of their access.';
END $do$;
