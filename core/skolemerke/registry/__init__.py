"""Schools, teachers, projects and labels, imported from the eTwinning platform; who held which school label."""
