CREATE TABLE "checklist_tasks" (
	"organization_id" text NOT NULL,
	"checklist_id" text NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"note" text,
	"owner_id" text,
	"due_at" timestamp(3) with time zone NOT NULL,
	"outcome" text,
	"comment" text,
	"settled_at" timestamp(3) with time zone,
	"settled_by" text,
	"reminded_at" timestamp(3) with time zone,
	CONSTRAINT "checklist_tasks_organization_id_checklist_id_position_pk" PRIMARY KEY("organization_id","checklist_id","position")
);
--> statement-breakpoint
ALTER TABLE "checklist_tasks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "checklist_templates" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"brand_id" text,
	"tasks" jsonb NOT NULL,
	"status" text NOT NULL,
	"counts_from" timestamp(3) with time zone NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "checklist_templates_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "checklist_templates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "checklists" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"template_id" text NOT NULL,
	"user_id" text NOT NULL,
	"occasion" timestamp(3) with time zone NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"ended_at" timestamp(3) with time zone,
	CONSTRAINT "checklists_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "checklists" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "checklist_tasks" ADD CONSTRAINT "checklist_tasks_organization_id_checklist_id_checklists_organization_id_id_fk" FOREIGN KEY ("organization_id","checklist_id") REFERENCES "public"."checklists"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checklist_templates" ADD CONSTRAINT "checklist_templates_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checklist_templates" ADD CONSTRAINT "checklist_templates_organization_id_brand_id_brands_organization_id_id_fk" FOREIGN KEY ("organization_id","brand_id") REFERENCES "public"."brands"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checklists" ADD CONSTRAINT "checklists_organization_id_template_id_checklist_templates_organization_id_id_fk" FOREIGN KEY ("organization_id","template_id") REFERENCES "public"."checklist_templates"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checklists" ADD CONSTRAINT "checklists_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "checklist_tasks_owner" ON "checklist_tasks" USING btree ("organization_id","owner_id") WHERE settled_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "checklists_occasion" ON "checklists" USING btree ("organization_id","template_id","user_id","occasion");--> statement-breakpoint
CREATE INDEX "checklists_user" ON "checklists" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE POLICY "own_organization" ON "checklist_tasks" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "checklist_templates" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "checklists" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON checklist_templates, checklists, checklist_tasks TO rolecall_server;
--> statement-breakpoint
-- Who joined or left while a list for that was on, and has none yet: whoever came to be active, and whoever was switched off or
-- deleted; of a brand, whoever holds, or would hold, something there.
CREATE VIEW checklists_to_begin WITH (security_invoker = true) AS
SELECT t.organization_id, t.id AS template_id, u.id AS user_id,
  CASE t.kind WHEN 'joining' THEN u.created_at ELSE u.status_changed_at END AS occasion
FROM checklist_templates t JOIN users u ON u.organization_id = t.organization_id
WHERE t.status = 'on' AND NOT EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = u.organization_id AND e.user_id = u.id)
  AND CASE t.kind WHEN 'joining' THEN u.status = 'active' AND u.deleted_at IS NULL AND u.created_at >= t.counts_from
    ELSE u.status = 'inactive' AND u.status_changed_at >= t.counts_from END
  AND (t.brand_id IS NULL OR EXISTS (SELECT FROM effective_assignments e WHERE e.organization_id = u.organization_id
    AND e.user_id = u.id AND e.brand_id = t.brand_id))
  AND NOT EXISTS (SELECT FROM checklists c WHERE c.organization_id = t.organization_id AND c.template_id = t.id AND c.user_id = u.id
    AND (t.kind = 'joining' OR c.occasion = u.status_changed_at));
--> statement-breakpoint
GRANT SELECT ON checklists_to_begin TO rolecall_server;
--> statement-breakpoint
CREATE FUNCTION organizations_with_checklists() RETURNS TABLE (organization_id text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT DISTINCT b.organization_id FROM checklists_to_begin b
  UNION
  SELECT t.organization_id FROM checklist_tasks t JOIN checklists c ON c.organization_id = t.organization_id AND c.id = t.checklist_id
    AND c.status = 'open' WHERE t.settled_at IS NULL AND t.reminded_at IS NULL AND t.due_at <= now() $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION organizations_with_checklists() FROM PUBLIC;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION due_work(p_pace text)
  RETURNS TABLE (organization_id text, kind text, seen_at timestamptz) LANGUAGE sql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  WITH found AS (
    SELECT w.organization_id, w.kind FROM organizations_with_work() w WHERE p_pace = 'prompt'
    UNION ALL
    SELECT s.organization_id, 'audit_seal' FROM organizations_to_seal() s WHERE p_pace = 'seal'
    UNION ALL
    SELECT u.organization_id, u.kind FROM organizations_with_upkeep() u WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT r.organization_id, 'review' FROM organizations_with_reviews() r WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT c.organization_id, 'checklist' FROM organizations_with_checklists() c WHERE p_pace = 'upkeep')
  SELECT f.organization_id, f.kind, now() FROM found f
    LEFT JOIN work_leases l ON l.organization_id = f.organization_id AND l.kind = f.kind
    WHERE l.free_at IS NULL OR l.free_at <= now()
    ORDER BY date_trunc('minute', l.taken_at) NULLS FIRST, random() $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE checklist_templates IS 'What is to be done when somebody joins or leaves.';
  COMMENT ON TABLE checklists IS 'Such a list under way for one person.';
  COMMENT ON TABLE checklist_tasks IS 'Its tasks: whose, until when, and what came of them.';
  COMMENT ON VIEW checklists_to_begin IS 'Who joined or left while a list for that was on, and has none yet.';
  COMMENT ON FUNCTION organizations_with_checklists() IS 'Where a list is to be begun, or somebody reminded.';
END $do$;
