CREATE TABLE "asset_people" (
	"organization_id" text NOT NULL,
	"type" text NOT NULL,
	"asset_id" text NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "asset_people_organization_id_type_asset_id_user_id_kind_pk" PRIMARY KEY("organization_id","type","asset_id","user_id","kind"),
	CONSTRAINT "asset_people_kind" CHECK (kind in ('creator', 'assigned'))
);
--> statement-breakpoint
ALTER TABLE "asset_people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "asset_people" ADD CONSTRAINT "asset_people_organization_id_type_asset_id_assets_organization_id_type_id_fk" FOREIGN KEY ("organization_id","type","asset_id") REFERENCES "public"."assets"("organization_id","type","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_people" ADD CONSTRAINT "asset_people_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "asset_people_creator" ON "asset_people" USING btree ("organization_id","type","asset_id") WHERE kind = 'creator';--> statement-breakpoint
CREATE INDEX "asset_people_user" ON "asset_people" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE POLICY "own_organization" ON "asset_people" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON asset_people TO rolecall_server;
--> statement-breakpoint
SELECT history.keep('asset_people', ARRAY[]::text[], ARRAY['organization_id, type, asset_id', 'organization_id, user_id']);
--> statement-breakpoint
-- Where the person of rolecall.user_id holds a role, or everything: ids of brands, and an empty text for the organization. Nowhere,
-- where they may not do anything at all.
CREATE FUNCTION person_scopes(p_everything boolean) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
  v_user_id text := current_setting('rolecall.user_id', true);
BEGIN
  IF NOT EXISTS (SELECT FROM users u JOIN organizations o ON o.id = u.organization_id
    WHERE u.organization_id = v_organization_id AND u.id = v_user_id AND u.status = 'active' AND u.deleted_at IS NULL
      AND o.status = 'active') THEN RETURN ARRAY[]::text[]; END IF;
  RETURN ARRAY(
    WITH held AS MATERIALIZED (SELECT e.brand_id, EXISTS (SELECT FROM role_permissions r
        WHERE r.organization_id = e.organization_id AND r.role_id = e.role_id AND r.effect = 'allow' AND r.permission = '*') AS is_everything
      FROM effective_assignments e WHERE e.organization_id = v_organization_id AND e.user_id = v_user_id)
    SELECT coalesce(h.brand_id, '') FROM held h WHERE h.is_everything OR NOT p_everything
    UNION SELECT b.id FROM brands b JOIN organizations o ON o.id = b.organization_id
      WHERE b.organization_id = v_organization_id AND o.administrator_brand_access = 'implicit'
        AND EXISTS (SELECT FROM held h WHERE h.brand_id IS NULL AND h.is_everything));
END $$;
--> statement-breakpoint
CREATE FUNCTION person_teams() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT DISTINCT x.id FROM teams_of_people p
    JOIN teams t ON t.organization_id = p.organization_id AND t.id = p.team_id
    CROSS JOIN LATERAL unnest(ARRAY[t.id, t.parent_id]) x (id)
    WHERE p.organization_id = current_setting('rolecall.organization_id', true)
      AND p.user_id = current_setting('rolecall.user_id', true) AND x.id IS NOT NULL);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION person_scopes(boolean), person_teams() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION person_scopes(boolean), person_teams() TO rolecall_server;
--> statement-breakpoint
-- A transaction for one person sees no more than that person could see by any permission; one for nobody in particular, everything.
CREATE POLICY "visible_to_person" ON "assets" AS RESTRICTIVE FOR ALL TO "rolecall_server" USING (
  (SELECT coalesce(current_setting('rolecall.user_id', true), '')) = ''
  OR (coalesce(brand_id, '') = ANY ((SELECT person_scopes(false))::text[]) AND (
    NOT is_restricted
    OR coalesce(brand_id, '') = ANY ((SELECT person_scopes(true))::text[])
    OR EXISTS (SELECT FROM asset_people p WHERE p.organization_id = assets.organization_id AND p.type = assets.type
      AND p.asset_id = assets.id AND p.user_id = (SELECT current_setting('rolecall.user_id', true)))
    OR EXISTS (SELECT FROM asset_teams x WHERE x.organization_id = assets.organization_id AND x.type = assets.type
      AND x.asset_id = assets.id AND x.team_id = ANY ((SELECT person_teams())::text[])))));
--> statement-breakpoint
CREATE POLICY "visible_to_person" ON "asset_people" AS RESTRICTIVE FOR ALL TO "rolecall_server" USING (
  (SELECT coalesce(current_setting('rolecall.user_id', true), '')) = ''
  OR user_id = (SELECT current_setting('rolecall.user_id', true)));
--> statement-breakpoint
CREATE POLICY "visible_to_person" ON "asset_teams" AS RESTRICTIVE FOR ALL TO "rolecall_server" USING (
  (SELECT coalesce(current_setting('rolecall.user_id', true), '')) = ''
  OR team_id = ANY ((SELECT person_teams())::text[]));
--> statement-breakpoint
CREATE OR REPLACE VIEW work_of_people WITH (security_invoker = true) AS
SELECT o.organization_id, o.user_id, 'ownership' AS kind, o.kind || '/' || o.type || '/' || o.id AS item, o.name,
  o.kind || ' of a ' || o.type AS about, o.brand_id, o.url, NULL::text AS subject_id
FROM ownerships o
UNION ALL
SELECT s.organization_id, s.sponsor_id, 'sponsored', s.id, coalesce(h.display_name, h.user_name), r.name, s.brand_id, NULL, s.user_id
FROM (
    SELECT a.organization_id, u.id AS sponsor_id, a.id, a.user_id, a.role_id, a.brand_id FROM assignments a
      JOIN users u ON u.organization_id = a.organization_id AND u.id = a.sponsor
      WHERE a.sponsor IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > now())
    UNION
    SELECT a.organization_id, u.id, a.id, a.user_id, a.role_id, a.brand_id FROM assignments a
      JOIN users u ON u.organization_id = a.organization_id AND u.user_name_key = fold(btrim(a.sponsor))
      WHERE a.sponsor IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > now())
    UNION
    SELECT a.organization_id, e.user_id, a.id, a.user_id, a.role_id, a.brand_id FROM assignments a
      JOIN user_emails e ON e.organization_id = a.organization_id AND e.value_key = fold(btrim(a.sponsor))
      WHERE a.sponsor IS NOT NULL AND (a.expires_at IS NULL OR a.expires_at > now())) s
JOIN users h ON h.organization_id = s.organization_id AND h.id = s.user_id AND h.status <> 'inactive' AND h.deleted_at IS NULL
  AND h.id <> s.sponsor_id
JOIN roles r ON r.organization_id = s.organization_id AND r.id = s.role_id
UNION ALL
SELECT t.organization_id, t.leader_id, 'team', t.id, t.name, NULL, t.brand_id, NULL, NULL
FROM teams t WHERE t.leader_id IS NOT NULL
UNION ALL
SELECT v.organization_id, v.reviewer_id, 'review', v.id || '/reviewer', v.name, 'reviewer', NULL, NULL, NULL
FROM access_reviews v WHERE v.reviewer_id IS NOT NULL AND v.status IN ('scheduled', 'open')
UNION ALL
SELECT v.organization_id, v.fallback_id, 'review', v.id || '/fallback', v.name, 'reviewer where nobody else is found', NULL, NULL, NULL
FROM access_reviews v WHERE v.status IN ('scheduled', 'open')
UNION ALL
SELECT w.organization_id, w.user_id, 'review_line', l.review_id || '/' || l.position, v.name,
  coalesce(l.display_name, l.user_name) || coalesce(': ' || l.role_name, ''), l.brand_id, NULL, l.user_id
FROM access_review_reviewers w
JOIN access_reviews v ON v.organization_id = w.organization_id AND v.id = w.review_id AND v.status = 'open'
JOIN access_review_lines l ON l.organization_id = w.organization_id AND l.review_id = w.review_id AND l.position = w.position
  AND l.answer IS NULL
UNION ALL
SELECT k.organization_id, k.owner_id, 'task', k.checklist_id || '/' || k.position, k.title, coalesce(p.display_name, p.user_name), NULL,
  NULL, c.user_id
FROM checklist_tasks k
JOIN checklists c ON c.organization_id = k.organization_id AND c.id = k.checklist_id AND c.status = 'open'
JOIN users p ON p.organization_id = c.organization_id AND p.id = c.user_id
WHERE k.settled_at IS NULL AND k.owner_id IS NOT NULL
UNION ALL
SELECT x.organization_id, x.user_id, 'asset', x.kind || '/' || x.type || '/' || x.asset_id, a.name,
  CASE x.kind WHEN 'creator' THEN 'created by them, a ' ELSE 'assigned to them, a ' END || x.type, a.brand_id, NULL, NULL
FROM asset_people x
JOIN assets a ON a.organization_id = x.organization_id AND a.type = x.type AND a.id = x.asset_id;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE asset_people IS 'Whose an asset is: who created it, and whom it is assigned to. They see it although it is for teams that they are not in.';
  COMMENT ON VIEW work_of_people IS 'What hangs on a person and would be left behind: ownerships, people they vouch for, teams they lead, reviews and tasks that wait for them, assets that they created or are assigned to. item is the key within its kind.';
  COMMENT ON FUNCTION person_scopes(boolean) IS 'Where the person of rolecall.user_id holds a role, or everything: ids of brands, and an empty text for the organization. Nowhere, where they may not do anything at all.';
  COMMENT ON FUNCTION person_teams() IS 'The teams that the person of rolecall.user_id is in, with those around them.';
END $do$;
