CREATE TABLE "separation_rules" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"purpose" text NOT NULL,
	"mode" text NOT NULL,
	"first_role_id" text,
	"first_permission" text,
	"second_role_id" text,
	"second_permission" text,
	"except_role_ids" jsonb NOT NULL,
	"exception_role_id" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "separation_rules_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "separation_rules_name" UNIQUE("organization_id","name"),
	CONSTRAINT "separation_rules_mode" CHECK (mode in ('watch', 'enforce')),
	CONSTRAINT "separation_rules_sides" CHECK (num_nonnulls(first_role_id, first_permission) = 1 and num_nonnulls(second_role_id, second_permission) = 1)
);
--> statement-breakpoint
ALTER TABLE "separation_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "separation_rules" ADD CONSTRAINT "separation_rules_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "separation_rules" ADD CONSTRAINT "separation_rules_organization_id_first_role_id_roles_organization_id_id_fk" FOREIGN KEY ("organization_id","first_role_id") REFERENCES "public"."roles"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "separation_rules" ADD CONSTRAINT "separation_rules_organization_id_second_role_id_roles_organization_id_id_fk" FOREIGN KEY ("organization_id","second_role_id") REFERENCES "public"."roles"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "separation_rules" ADD CONSTRAINT "separation_rules_organization_id_exception_role_id_roles_organization_id_id_fk" FOREIGN KEY ("organization_id","exception_role_id") REFERENCES "public"."roles"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "own_organization" ON "separation_rules" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON separation_rules TO rolecall_server;
--> statement-breakpoint
SELECT history.keep('separation_rules', ARRAY['name', 'purpose', 'mode', 'except_role_ids'], ARRAY['organization_id, id']);
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
CREATE FUNCTION prove_separation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_row separation_rules := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  IF manages_something(coalesce(v_row.second_permission, ''))
    OR (v_row.second_role_id IS NOT NULL AND is_managing_role(v_row.organization_id, v_row.second_role_id))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION prove_separation() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER prove_separation AFTER INSERT OR UPDATE OR DELETE ON separation_rules FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_separation();
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE separation_rules IS 'Two roles or permissions that nobody may hold at once in one place. mode enforce: whoever holds both does not have the second; watch: they are listed. Whoever holds one of except_role_ids, or the exception role, is not concerned.';
  COMMENT ON FUNCTION prove_separation() IS 'What is kept apart, where the second side lets people manage something.';
END $do$;
