function np_leave_path(folder)
%NP_LEAVE_PATH Remove a folder from the search path, if it is on it.

if any(strcmp(folder, strsplit(path(), pathsep())))
  rmpath(folder);
end
end
