function folder = copy_result(file, folder)
%COPY_RESULT Decode a result and write it again, as FOLDER/result.json.

np_write_result(folder, jsondecode(np_read_text(file)));
end
